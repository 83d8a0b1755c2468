-- release_profiles
DELETE FROM profile AS p
USING unnest($2::text[], $3::text[]) AS k (profile_table, profile)
WHERE p.tenant = $1 AND p.profile_table = k.profile_table AND p.profile = k.profile AND p.version = 0
