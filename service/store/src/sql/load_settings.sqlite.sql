-- load_settings
WITH named AS MATERIALIZED (
    SELECT d.kind, d.id, d.version, d.body, d.campaign, d.website, d.fixed_at, d.recorded_at
    FROM json_each(?3) AS k
    CROSS JOIN declaration AS d ON d.tenant = ?1 AND d.kind = k.value ->> 0 AND d.id = k.value ->> 1
),
led AS MATERIALIZED (
    SELECT d.kind, d.id, d.version, d.body, d.website, d.fixed_at, d.recorded_at
    FROM (SELECT DISTINCT l.campaign FROM named AS l WHERE l.campaign IS NOT NULL) AS l
    CROSS JOIN declaration AS d ON d.tenant = ?1 AND d.kind = 'campaign' AND d.id = l.campaign
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
CROSS JOIN declaration AS d ON d.tenant = ?1 AND d.kind = 'website' AND d.id = l.website
UNION ALL
SELECT 'table', t.id, t.version, t.body, NULL, t.recorded_at
FROM json_each(?2) AS k
CROSS JOIN profile_table AS t ON t.tenant = ?1 AND t.id = k.value ->> 0
UNION ALL
SELECT 'override', o.id, o.version, o.body, NULL, o.recorded_at
FROM policy_override AS o
WHERE o.tenant = ?1
    AND o.version = (SELECT max(n.version) FROM policy_override AS n WHERE n.tenant = ?1 AND n.id = o.id)
