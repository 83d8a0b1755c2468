-- end_removals
DELETE FROM removal AS r
USING unnest($2::bytea[]) AS k (record_id)
WHERE r.tenant = $1 AND r.record_id = k.record_id
