-- lock_profiles
SELECT p.profile_table, p.profile, p.version, p.hlc, p.last_recorded_at, p.erased_at
FROM unnest($2::text[], $3::text[]) AS k (profile_table, profile)
JOIN profile AS p ON p.tenant = $1 AND p.profile_table = k.profile_table AND p.profile = k.profile
ORDER BY p.profile_table, p.profile
FOR UPDATE OF p
