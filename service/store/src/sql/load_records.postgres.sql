-- load_records
SELECT r.profile_table, r.profile, r.body
FROM unnest($2::text[], $3::text[]) AS k (profile_table, profile)
JOIN record AS r ON r.tenant = $1 AND r.profile_table = k.profile_table AND r.profile = k.profile
WHERE r.body IS NOT NULL
ORDER BY r.profile_table, r.profile, r.profile_version
