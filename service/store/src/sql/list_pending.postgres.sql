-- list_pending
WITH RECURSIVE waiting (tenant) AS (
    SELECT (SELECT min(tenant) FROM pending)
    UNION ALL
    SELECT (SELECT min(p.tenant) FROM pending AS p WHERE p.tenant > waiting.tenant)
    FROM waiting
    WHERE waiting.tenant IS NOT NULL
)
SELECT w.tenant, count(*) AS records, min(p.recorded_at) AS oldest
FROM waiting AS w
JOIN pending AS p ON p.tenant = w.tenant
GROUP BY w.tenant
ORDER BY w.tenant
