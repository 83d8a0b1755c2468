-- read_batches
-- No more batches than hold so many bytes of keys, but always one: how long they are is known without reading them.
SELECT w.position, w.batch_id, w.keys
FROM (
    SELECT l.position, l.batch_id, b.keys,
        sum(octet_length(b.keys)::bigint) OVER (ORDER BY l.position) - octet_length(b.keys)::bigint AS before
    FROM (
        SELECT position, batch_id
        FROM interaction_feed
        WHERE tenant = $1 AND position >= $2
        ORDER BY position
        LIMIT $3
    ) AS l
    JOIN interaction_batch AS b ON b.tenant = $1 AND b.batch_id = l.batch_id
) AS w
WHERE w.before < $4
ORDER BY w.position
