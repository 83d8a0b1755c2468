-- load_profiles
SELECT p.profile_table, p.profile, p.version, p.hlc, p.last_recorded_at, p.erased_at, r.body
FROM unnest($2::text[], $3::text[]) AS k (profile_table, profile)
JOIN profile AS p ON p.tenant = $1 AND p.profile_table = k.profile_table AND p.profile = k.profile
LEFT JOIN record AS r
    ON r.tenant = p.tenant AND r.profile_table = p.profile_table AND r.profile = p.profile AND r.body IS NOT NULL
ORDER BY p.profile_table, p.profile, r.profile_version
