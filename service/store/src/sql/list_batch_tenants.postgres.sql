-- list_batch_tenants
WITH RECURSIVE waiting (tenant) AS (
    SELECT (SELECT min(tenant) FROM interaction_pending)
    UNION ALL
    SELECT (SELECT min(p.tenant) FROM interaction_pending AS p WHERE p.tenant > waiting.tenant)
    FROM waiting
    WHERE waiting.tenant IS NOT NULL
)
SELECT tenant FROM waiting WHERE tenant IS NOT NULL
