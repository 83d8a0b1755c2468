-- move_tombstone
UPDATE tombstone SET erased_at = ?3
WHERE tenant = ?1 AND mark = ?2
RETURNING delete_at
