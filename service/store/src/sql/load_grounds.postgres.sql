-- load_grounds
SELECT 1::bigint AS kind, r.profile_table AS id, r.profile, NULL::bigint AS version, NULL::bigint AS recorded_at,
    NULL::text AS settings, r.body, NULL::bytea AS content_hash, NULL::bytea AS outcomes,
    NULL::bigint AS hlc
FROM unnest($2::text[], $3::text[]) AS k (profile_table, profile)
JOIN record AS r ON r.tenant = $1 AND r.profile_table = k.profile_table AND r.profile = k.profile
WHERE r.body IS NOT NULL
UNION ALL
SELECT 2, t.id, NULL, t.version, t.recorded_at, t.body, NULL, NULL, NULL, NULL
FROM unnest($5::text[]) AS k (id)
JOIN profile_table AS t ON t.tenant = $1 AND t.id = k.id
UNION ALL
SELECT 3, o.id, NULL, o.version, o.recorded_at, o.body, NULL, NULL, NULL, NULL
FROM policy_override AS o
WHERE o.tenant = $1
    AND o.version = (SELECT max(n.version) FROM policy_override AS n WHERE n.tenant = $1 AND n.id = o.id)
UNION ALL
SELECT 4, NULL, NULL, NULL, NULL, NULL, n.sha256, NULL, NULL, NULL
FROM unnest($6::bytea[]) AS k (sha256)
JOIN notice AS n ON n.tenant = $1 AND n.sha256 = k.sha256
UNION ALL
SELECT 5, q.method, NULL, NULL, NULL, NULL, q.request_id, q.content_hash, q.outcomes, NULL
FROM unnest($7::bytea[]) AS k (request_id)
JOIN request AS q ON q.tenant = $1 AND q.request_id = k.request_id
UNION ALL
SELECT 6, k.profile_table, k.profile, t.version, t.erased_at, NULL, NULL, NULL, NULL, t.hlc
FROM unnest($2::text[], $3::text[], $4::bytea[]) AS k (profile_table, profile, mark)
JOIN tombstone AS t ON t.tenant = $1 AND t.mark = k.mark
