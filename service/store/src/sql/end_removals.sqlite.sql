-- end_removals
DELETE FROM removal
WHERE tenant = ?1
    AND (record_id, series) IN (SELECT unhex(k.value ->> 0), k.value ->> 1 FROM json_each(?2) AS k)
