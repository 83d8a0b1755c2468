-- load_grounds
SELECT 1 AS kind, r.profile_table AS id, r.profile, NULL AS version, NULL AS recorded_at, NULL AS settings, r.body,
    NULL AS content_hash, NULL AS outcomes, NULL AS hlc
FROM json_each(?2) AS k
CROSS JOIN record AS r ON r.tenant = ?1 AND r.profile_table = k.value ->> 0 AND r.profile = k.value ->> 1
WHERE r.body IS NOT NULL
UNION ALL
SELECT 2, t.id, NULL, t.version, t.recorded_at, t.body, NULL, NULL, NULL, NULL
FROM json_each(?3) AS k
CROSS JOIN profile_table AS t ON t.tenant = ?1 AND t.id = k.value ->> 0
UNION ALL
SELECT 3, o.id, NULL, o.version, o.recorded_at, o.body, NULL, NULL, NULL, NULL
FROM policy_override AS o
WHERE o.tenant = ?1
    AND o.version = (SELECT max(n.version) FROM policy_override AS n WHERE n.tenant = ?1 AND n.id = o.id)
UNION ALL
SELECT 4, NULL, NULL, NULL, NULL, NULL, n.sha256, NULL, NULL, NULL
FROM json_each(?4) AS k
CROSS JOIN notice AS n ON n.tenant = ?1 AND n.sha256 = unhex(k.value ->> 0)
UNION ALL
SELECT 5, q.method, NULL, NULL, NULL, NULL, q.request_id, q.content_hash, q.outcomes, NULL
FROM json_each(?5) AS k
CROSS JOIN request AS q ON q.tenant = ?1 AND q.request_id = unhex(k.value ->> 0)
UNION ALL
SELECT 6, k.value ->> 0, k.value ->> 1, t.version, t.erased_at, NULL, NULL, NULL, NULL, t.hlc
FROM json_each(?2) AS k
CROSS JOIN tombstone AS t ON t.tenant = ?1 AND t.mark = unhex(k.value ->> 2)
