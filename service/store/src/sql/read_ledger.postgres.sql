-- read_ledger
SELECT l.position, l.chain, l.record_id, r.leaf, r.salt, r.body, r.effects,
    (SELECT h.oldest_position FROM feed_head AS h WHERE h.tenant = $1) AS oldest_position
FROM (
    SELECT position, chain, record_id
    FROM ledger
    WHERE tenant = $1 AND position > $2
    ORDER BY position
    LIMIT $3
) AS l
LEFT JOIN LATERAL (
    SELECT r.leaf, r.salt, r.body, r.effects FROM record AS r WHERE r.tenant = $1 AND r.id = l.record_id LIMIT 1
) AS r ON TRUE
ORDER BY l.position
