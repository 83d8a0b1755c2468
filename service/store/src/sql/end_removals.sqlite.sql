-- end_removals
DELETE FROM removal
WHERE tenant = ?1 AND record_id IN (SELECT unhex(k.value ->> 0) FROM json_each(?2) AS k)
