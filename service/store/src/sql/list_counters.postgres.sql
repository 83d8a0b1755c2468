-- list_counters
WITH RECURSIVE counting (tenant) AS (
    SELECT (SELECT min(tenant) FROM counted)
    UNION ALL
    SELECT (SELECT min(o.tenant) FROM counted AS o WHERE o.tenant > counting.tenant)
    FROM counting
    WHERE counting.tenant IS NOT NULL
)
SELECT tenant FROM counting WHERE tenant IS NOT NULL
