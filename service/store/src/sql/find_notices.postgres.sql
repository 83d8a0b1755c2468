-- find_notices
SELECT n.sha256
FROM unnest($2::bytea[]) AS k (sha256)
CROSS JOIN LATERAL (
    SELECT n.* FROM notice AS n WHERE n.tenant = $1 AND n.sha256 = k.sha256 LIMIT 1
) AS n
