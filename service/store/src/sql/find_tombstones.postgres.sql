-- find_tombstones
SELECT t.mark, t.erased_at
FROM unnest($2::bytea[]) AS k (mark)
JOIN tombstone AS t ON t.tenant = $1 AND t.mark = k.mark
