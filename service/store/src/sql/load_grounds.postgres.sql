-- load_grounds
-- Each is looked up by its whole key: without LIMIT and OFFSET, of a table that is known to be empty, a join may begin with all that
-- the tenant has.
SELECT 1::bigint AS kind, r.profile_table AS id, r.profile, NULL::bigint AS version, NULL::bigint AS recorded_at,
    NULL::text AS settings, r.body, NULL::bytea AS content_hash, NULL::bytea AS outcomes,
    NULL::bigint AS hlc
FROM unnest($2::text[], $3::text[]) AS k (profile_table, profile)
CROSS JOIN LATERAL (
    SELECT r.profile_table, r.profile, r.body FROM record AS r
    WHERE r.tenant = $1 AND r.profile_table = k.profile_table AND r.profile = k.profile AND r.body IS NOT NULL
    OFFSET 0
) AS r
UNION ALL
SELECT 2, t.id, NULL, t.version, t.recorded_at, t.body, NULL, NULL, NULL, NULL
FROM unnest($5::text[]) AS k (id)
CROSS JOIN LATERAL (
    SELECT t.* FROM profile_table AS t WHERE t.tenant = $1 AND t.id = k.id LIMIT 1
) AS t
UNION ALL
SELECT 3, o.id, NULL, o.version, o.recorded_at, o.body, NULL, NULL, NULL, NULL
FROM policy_override AS o
WHERE o.tenant = $1
    AND o.version = (SELECT max(n.version) FROM policy_override AS n WHERE n.tenant = $1 AND n.id = o.id)
UNION ALL
SELECT 4, NULL, NULL, NULL, NULL, NULL, n.sha256, NULL, NULL, NULL
FROM unnest($6::bytea[]) AS k (sha256)
CROSS JOIN LATERAL (
    SELECT n.* FROM notice AS n WHERE n.tenant = $1 AND n.sha256 = k.sha256 LIMIT 1
) AS n
UNION ALL
SELECT 5, q.method, NULL, NULL, NULL, NULL, q.request_id, q.content_hash, q.outcomes, NULL
FROM unnest($7::bytea[]) AS k (request_id)
CROSS JOIN LATERAL (
    SELECT q.* FROM request AS q WHERE q.tenant = $1 AND q.request_id = k.request_id LIMIT 1
) AS q
UNION ALL
SELECT 6, k.profile_table, k.profile, t.version, t.erased_at, NULL, NULL, NULL, NULL, t.hlc
FROM unnest($2::text[], $3::text[], $4::bytea[]) AS k (profile_table, profile, mark)
CROSS JOIN LATERAL (
    SELECT t.* FROM tombstone AS t WHERE t.tenant = $1 AND t.mark = k.mark LIMIT 1
) AS t
