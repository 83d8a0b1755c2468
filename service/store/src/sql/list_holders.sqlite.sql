-- list_holders
WITH RECURSIVE holding (tenant) AS (
    SELECT (SELECT min(tenant) FROM profile)
    UNION ALL
    SELECT (SELECT min(p.tenant) FROM profile AS p WHERE p.tenant > holding.tenant)
    FROM holding
    WHERE holding.tenant IS NOT NULL
)
SELECT tenant FROM holding WHERE tenant IS NOT NULL
