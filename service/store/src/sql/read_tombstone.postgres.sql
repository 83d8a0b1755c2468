-- read_tombstone
SELECT version, hlc, erased_at, record_id, delete_at
FROM tombstone
WHERE tenant = $1 AND mark = $2
