-- read_pending
SELECT h.position, h.chain, h.recorded_up_to, p.hlc, p.record_id, p.recorded_at, p.leaf
FROM feed_head AS h
CROSS JOIN pending AS p
WHERE h.tenant = ?1 AND p.tenant = ?1
ORDER BY p.hlc, p.record_id
LIMIT ?2
