-- find_notices
SELECT n.sha256
FROM json_each(?2) AS k
CROSS JOIN notice AS n ON n.tenant = ?1 AND n.sha256 = unhex(k.value ->> 0)
