-- delete_batch_pending
DELETE FROM interaction_pending
WHERE tenant = ?1
    AND (recorded_at, batch_id) IN (SELECT k.value ->> 0, unhex(k.value ->> 1) FROM json_each(?2) AS k)
