-- delete_batches
DELETE FROM interaction_batch AS b
USING unnest($2::bytea[]) AS k (batch_id)
WHERE b.tenant = $1 AND b.batch_id = k.batch_id
