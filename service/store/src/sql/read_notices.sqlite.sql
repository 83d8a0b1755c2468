-- read_notices
SELECT n.sha256, n.content, n.recorded_at
FROM json_each(?2) AS k
CROSS JOIN notice AS n ON n.tenant = ?1 AND n.sha256 = unhex(k.value ->> 0)
