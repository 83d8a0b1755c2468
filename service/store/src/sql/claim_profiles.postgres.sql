-- claim_profiles
INSERT INTO profile (tenant, profile_table, profile, version, hlc, last_recorded_at)
SELECT $1, k.profile_table, k.profile, 0, 0, 0
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS k (profile_table, profile, place)
ORDER BY k.place
ON CONFLICT DO NOTHING
