-- list_idle_imports
SELECT i.import_id
FROM import AS i
WHERE i.tenant = ?1 AND i.touched_at < ?2
ORDER BY i.touched_at
LIMIT ?3
