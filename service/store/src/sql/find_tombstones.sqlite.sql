-- find_tombstones
SELECT t.mark, t.erased_at
FROM json_each(?2) AS k
CROSS JOIN tombstone AS t ON t.tenant = ?1 AND t.mark = unhex(k.value ->> 0)
