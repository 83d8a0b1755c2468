-- save_consents
INSERT INTO record
    (tenant, id, profile_table, profile, profile_version, recorded_at, hlc, leaf, salt, body, effects)
SELECT ?1, unhex(k.value ->> 0), k.value ->> 1, k.value ->> 2, k.value ->> 3, k.value ->> 4, k.value ->> 5,
    unhex(k.value ->> 6), unhex(k.value ->> 7), unhex(k.value ->> 8), unhex(k.value ->> 9)
FROM json_each(?2) AS k;
INSERT INTO pending (tenant, hlc, record_id, recorded_at, leaf)
SELECT ?1, k.value ->> 5, unhex(k.value ->> 0), k.value ->> 4, unhex(k.value ->> 6)
FROM json_each(?2) AS k;
INSERT INTO profile
    (tenant, profile_table, profile, version, hlc, last_recorded_at, states, erased_at, collected_on, jurisdiction,
    history)
SELECT ?1, k.value ->> 0, k.value ->> 1, k.value ->> 2, k.value ->> 3, k.value ->> 4, unhex(k.value ->> 5),
    NULLIF(k.value ->> 6, -9223372036854775808), NULLIF(k.value ->> 7, -9223372036854775808),
    NULLIF(k.value ->> 8, ''), NULLIF(unhex(k.value ->> 9), x'')
FROM json_each(?3) AS k
WHERE TRUE
ON CONFLICT (tenant, profile_table, profile) DO UPDATE SET
    version = excluded.version,
    hlc = excluded.hlc,
    last_recorded_at = excluded.last_recorded_at,
    states = excluded.states,
    erased_at = excluded.erased_at,
    collected_on = excluded.collected_on,
    jurisdiction = excluded.jurisdiction,
    history = excluded.history;
INSERT INTO request (tenant, request_id, method, content_hash, outcomes, created_at)
SELECT ?1, unhex(k.value ->> 0), k.value ->> 1, unhex(k.value ->> 2), unhex(k.value ->> 3), k.value ->> 4
FROM json_each(?4) AS k
WHERE TRUE
ON CONFLICT DO NOTHING
RETURNING request_id
