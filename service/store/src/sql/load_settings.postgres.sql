-- load_settings
-- Each but the overrides is looked up by its whole key: without the LIMITs, a planner that has no figures of the table yet
-- may walk all that the tenant declared.
WITH named AS MATERIALIZED (
    SELECT d.kind, d.id, d.version, d.body, d.campaign, d.website, d.fixed_at, d.recorded_at
    FROM unnest($3::text[], $4::text[]) AS k (kind, id)
    CROSS JOIN LATERAL (
        SELECT d.* FROM declaration AS d
        WHERE d.tenant = $1 AND d.kind = k.kind AND d.id = k.id
        LIMIT 1
    ) AS d
),
led AS MATERIALIZED (
    SELECT d.kind, d.id, d.version, d.body, d.website, d.fixed_at, d.recorded_at
    FROM (SELECT DISTINCT l.campaign FROM named AS l WHERE l.campaign IS NOT NULL) AS l
    CROSS JOIN LATERAL (
        SELECT d.* FROM declaration AS d
        WHERE d.tenant = $1 AND d.kind = 'campaign' AND d.id = l.campaign
        LIMIT 1
    ) AS d
)
SELECT l.kind, l.id, l.version, l.body, l.fixed_at, l.recorded_at FROM named AS l
UNION ALL
SELECT l.kind, l.id, l.version, l.body, l.fixed_at, l.recorded_at FROM led AS l
UNION ALL
SELECT d.kind, d.id, d.version, d.body, d.fixed_at, d.recorded_at
FROM (
    SELECT l.website FROM named AS l WHERE l.website IS NOT NULL
    UNION
    SELECT l.website FROM led AS l WHERE l.website IS NOT NULL
) AS l
CROSS JOIN LATERAL (
    SELECT d.* FROM declaration AS d
    WHERE d.tenant = $1 AND d.kind = 'website' AND d.id = l.website
    LIMIT 1
) AS d
UNION ALL
SELECT 'table', t.id, t.version, t.body, NULL, t.recorded_at
FROM unnest($2::text[]) AS k (id)
CROSS JOIN LATERAL (
    SELECT t.* FROM profile_table AS t
    WHERE t.tenant = $1 AND t.id = k.id
    LIMIT 1
) AS t
UNION ALL
SELECT 'override', o.id, o.version, o.body, NULL, o.recorded_at
FROM policy_override AS o
WHERE o.tenant = $1
    AND o.version = (SELECT max(n.version) FROM policy_override AS n WHERE n.tenant = $1 AND n.id = o.id)
