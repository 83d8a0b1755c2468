-- find_place
SELECT position FROM ledger WHERE tenant = $1 AND record_id = $2
