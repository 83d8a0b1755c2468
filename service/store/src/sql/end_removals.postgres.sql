-- end_removals
DELETE FROM removal AS r
USING unnest($2::bytea[], $3::bigint[]) AS k (record_id, series)
WHERE r.tenant = $1 AND r.record_id = k.record_id AND r.series = k.series
