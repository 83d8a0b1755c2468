-- list_counting
WITH RECURSIVE waiting (tenant) AS (
    SELECT (SELECT min(tenant) FROM counted)
    UNION ALL
    SELECT (SELECT min(p.tenant) FROM counted AS p WHERE p.tenant > waiting.tenant)
    FROM waiting
    WHERE waiting.tenant IS NOT NULL
)
SELECT tenant FROM waiting WHERE tenant IS NOT NULL
