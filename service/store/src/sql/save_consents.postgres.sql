-- save_consents
WITH records AS (
    INSERT INTO record
        (tenant, id, profile_table, profile, profile_version, recorded_at, hlc, leaf, salt, body, effects)
    SELECT $1, k.*
    FROM unnest(
        $2::bytea[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bytea[], $9::bytea[],
        $10::bytea[], $11::bytea[]
    ) AS k
),
waiting AS (
    INSERT INTO pending (tenant, hlc, record_id, recorded_at, leaf)
    SELECT $1, k.*
    FROM unnest($7::bigint[], $2::bytea[], $6::bigint[], $8::bytea[]) AS k
),
profiles AS (
    INSERT INTO profile
        (tenant, profile_table, profile, version, hlc, last_recorded_at, states, erased_at, collected_on, jurisdiction,
        history)
    SELECT $1, k.profile_table, k.profile, k.version, k.hlc, k.last_recorded_at, k.states,
        NULLIF(k.erased_at, -9223372036854775808), NULLIF(k.collected_on, -9223372036854775808)::integer,
        NULLIF(k.jurisdiction, ''), NULLIF(k.history, '')
    FROM unnest(
        $12::text[], $13::text[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bytea[], $18::bigint[],
        $19::bigint[], $20::text[], $21::bytea[]
    ) AS k (
        profile_table, profile, version, hlc, last_recorded_at, states, erased_at, collected_on, jurisdiction, history
    )
    ON CONFLICT (tenant, profile_table, profile) DO UPDATE SET
        version = excluded.version,
        hlc = excluded.hlc,
        last_recorded_at = excluded.last_recorded_at,
        states = excluded.states,
        erased_at = excluded.erased_at,
        collected_on = excluded.collected_on,
        jurisdiction = excluded.jurisdiction,
        history = excluded.history
)
INSERT INTO request (tenant, request_id, method, content_hash, outcomes, created_at)
SELECT $1, k.*
FROM unnest($22::bytea[], $23::text[], $24::bytea[], $25::bytea[], $26::bigint[]) AS k
ON CONFLICT DO NOTHING
RETURNING request_id
