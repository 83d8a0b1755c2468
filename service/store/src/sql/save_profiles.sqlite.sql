-- save_profiles
INSERT INTO profile
    (tenant, profile_table, profile, version, hlc, last_recorded_at, states, erased_at, collected_on, jurisdiction)
SELECT ?1, k.value ->> 0, k.value ->> 1, k.value ->> 2, k.value ->> 3, k.value ->> 4, unhex(k.value ->> 5),
    NULLIF(k.value ->> 6, -9223372036854775808), NULLIF(k.value ->> 7, -9223372036854775808),
    NULLIF(k.value ->> 8, '')
FROM json_each(?2) AS k
WHERE TRUE
ON CONFLICT (tenant, profile_table, profile) DO UPDATE SET
    version = excluded.version,
    hlc = excluded.hlc,
    last_recorded_at = excluded.last_recorded_at,
    states = excluded.states,
    erased_at = excluded.erased_at,
    collected_on = excluded.collected_on,
    jurisdiction = excluded.jurisdiction
