-- delete_batch_pending
DELETE FROM interaction_pending AS p
USING unnest($2::bigint[], $3::bytea[]) AS k (recorded_at, batch_id)
WHERE p.tenant = $1 AND p.recorded_at = k.recorded_at AND p.batch_id = k.batch_id
