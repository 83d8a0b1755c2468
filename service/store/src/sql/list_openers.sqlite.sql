-- list_openers
WITH RECURSIVE opening (tenant) AS (
    SELECT (SELECT min(tenant) FROM last_open)
    UNION ALL
    SELECT (SELECT min(o.tenant) FROM last_open AS o WHERE o.tenant > opening.tenant)
    FROM opening
    WHERE opening.tenant IS NOT NULL
)
SELECT tenant FROM opening WHERE tenant IS NOT NULL
