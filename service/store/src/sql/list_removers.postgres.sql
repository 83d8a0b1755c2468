-- list_removers
WITH RECURSIVE removing (tenant) AS (
    SELECT (SELECT min(tenant) FROM removal)
    UNION ALL
    SELECT (SELECT min(r.tenant) FROM removal AS r WHERE r.tenant > removing.tenant)
    FROM removing
    WHERE removing.tenant IS NOT NULL
)
SELECT tenant FROM removing WHERE tenant IS NOT NULL
