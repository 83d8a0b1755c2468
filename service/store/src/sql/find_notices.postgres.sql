-- find_notices
SELECT n.sha256
FROM unnest($2::bytea[]) AS k (sha256)
JOIN notice AS n ON n.tenant = $1 AND n.sha256 = k.sha256
