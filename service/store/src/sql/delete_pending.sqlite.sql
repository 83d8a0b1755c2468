-- delete_pending
DELETE FROM pending
WHERE tenant = ?1
    AND (hlc, record_id) IN (SELECT k.value ->> 0, unhex(k.value ->> 1) FROM json_each(?2) AS k)
