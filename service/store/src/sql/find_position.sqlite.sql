-- find_position
SELECT position FROM ledger
WHERE tenant = ?1 AND recorded_up_to >= ?2
ORDER BY recorded_up_to, position
LIMIT 1
