-- list_notices
SELECT sha256, recorded_at, length(content) AS size_bytes
FROM notice
WHERE tenant = ?1 AND sha256 > ?2
ORDER BY sha256
LIMIT ?3
