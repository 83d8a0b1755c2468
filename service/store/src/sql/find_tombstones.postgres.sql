-- find_tombstones
SELECT t.mark, t.erased_at
FROM unnest($2::bytea[]) AS k (mark)
CROSS JOIN LATERAL (
    SELECT t.* FROM tombstone AS t WHERE t.tenant = $1 AND t.mark = k.mark LIMIT 1
) AS t
