-- What a page of changes is read with, and nothing else: one page after the other, from the beginning again at the end.
REPLACE INTO turn
SELECT 1, (SELECT coalesce(max(turn), 0) + 5000 FROM turn) % (c.value - 4999), 0, 0, 0
FROM given AS c WHERE c.name = 'changes';
.output /dev/null
SELECT l.position, l.chain, l.record_id, r.leaf, r.salt, r.body, r.effects
FROM (
    SELECT position, chain, record_id
    FROM ledger
    WHERE tenant = 'bench' AND position > (SELECT turn FROM turn)
    ORDER BY position
    LIMIT 5000
) AS l
LEFT JOIN record AS r ON r.tenant = 'bench' AND r.id = l.record_id
ORDER BY l.position;
.output
