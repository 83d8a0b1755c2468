-- read_position
SELECT record_id, chain FROM ledger WHERE tenant = ?1 AND position = ?2
