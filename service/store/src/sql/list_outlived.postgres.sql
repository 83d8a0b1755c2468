-- list_outlived
SELECT f.position, f.batch_id, f.recorded_at
FROM interaction_feed AS f
WHERE f.tenant = $1 AND f.position >= $2
ORDER BY f.position
LIMIT $3
