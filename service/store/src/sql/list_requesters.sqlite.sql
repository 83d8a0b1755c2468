-- list_requesters
WITH RECURSIVE asking (tenant) AS (
    SELECT (SELECT min(tenant) FROM request)
    UNION ALL
    SELECT (SELECT min(r.tenant) FROM request AS r WHERE r.tenant > asking.tenant)
    FROM asking
    WHERE asking.tenant IS NOT NULL
)
SELECT tenant FROM asking WHERE tenant IS NOT NULL
