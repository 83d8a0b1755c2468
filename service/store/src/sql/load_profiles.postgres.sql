-- load_profiles
-- Each is looked up by its whole key, as in load_grounds.
SELECT k.profile_table, k.profile, COALESCE(p.version, t.version) AS version,
    COALESCE(p.last_recorded_at, t.erased_at) AS last_recorded_at, COALESCE(p.erased_at, t.erased_at) AS erased_at,
    r.body
FROM unnest($2::text[], $3::text[], $4::bytea[]) AS k (profile_table, profile, mark)
LEFT JOIN LATERAL (
    SELECT p.version, p.last_recorded_at, p.erased_at FROM profile AS p
    WHERE p.tenant = $1 AND p.profile_table = k.profile_table AND p.profile = k.profile
    LIMIT 1
) AS p ON TRUE
LEFT JOIN LATERAL (
    SELECT t.version, t.erased_at FROM tombstone AS t WHERE t.tenant = $1 AND t.mark = k.mark LIMIT 1
) AS t ON TRUE
LEFT JOIN LATERAL (
    SELECT r.body FROM record AS r
    WHERE r.tenant = $1 AND r.profile_table = k.profile_table AND r.profile = k.profile AND r.body IS NOT NULL
    OFFSET 0
) AS r ON TRUE
WHERE p.version IS NOT NULL OR t.version IS NOT NULL
