-- What a page of changes is read with, and nothing else: one page after the other, from the beginning again at the end.
\set after (:after + 5000) % (:changes - 4999)
SELECT l.position, l.chain, l.record_id, r.leaf, r.salt, r.body, r.effects
FROM (
    SELECT position, chain, record_id
    FROM ledger
    WHERE tenant = 'bench' AND position > :after
    ORDER BY position
    LIMIT 5000
) AS l
LEFT JOIN LATERAL (
    SELECT r.leaf, r.salt, r.body, r.effects FROM record AS r WHERE r.tenant = 'bench' AND r.id = l.record_id LIMIT 1
) AS r ON TRUE
ORDER BY l.position;
