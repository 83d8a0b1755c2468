-- claim_profiles
INSERT INTO profile (tenant, profile_table, profile, version, hlc, last_recorded_at)
SELECT ?1, k.value ->> 0, k.value ->> 1, 0, 0, 0
FROM json_each(?2) AS k
WHERE TRUE
ON CONFLICT DO NOTHING
