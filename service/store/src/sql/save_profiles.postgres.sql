-- save_profiles
INSERT INTO profile
    (tenant, profile_table, profile, version, hlc, last_recorded_at, states, erased_at, collected_on, jurisdiction)
SELECT $1, k.profile_table, k.profile, k.version, k.hlc, k.last_recorded_at, k.states,
    NULLIF(k.erased_at, -9223372036854775808), NULLIF(k.collected_on, -9223372036854775808)::integer,
    NULLIF(k.jurisdiction, '')
FROM unnest(
    $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bytea[], $8::bigint[], $9::bigint[],
    $10::text[]
) AS k (profile_table, profile, version, hlc, last_recorded_at, states, erased_at, collected_on, jurisdiction)
ON CONFLICT (tenant, profile_table, profile) DO UPDATE SET
    version = excluded.version,
    hlc = excluded.hlc,
    last_recorded_at = excluded.last_recorded_at,
    states = excluded.states,
    erased_at = excluded.erased_at,
    collected_on = excluded.collected_on,
    jurisdiction = excluded.jurisdiction
