-- delete_batches
DELETE FROM interaction_batch
WHERE tenant = ?1 AND batch_id IN (SELECT unhex(k.value ->> 0) FROM json_each(?2) AS k)
