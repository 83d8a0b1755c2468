-- read_batch_pending
SELECT h.position, p.recorded_at, p.batch_id
FROM interaction_head AS h
CROSS JOIN interaction_pending AS p
WHERE h.tenant = ?1 AND p.tenant = ?1
ORDER BY p.recorded_at, p.batch_id
LIMIT ?2
