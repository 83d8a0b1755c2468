-- read_tombstone
SELECT erased_at, delete_at
FROM tombstone
WHERE tenant = ?1 AND mark = ?2
