-- save_consents
WITH records AS (
    INSERT INTO record
        (tenant, id, profile_table, profile, profile_version, recorded_at, hlc, leaf, salt, body, effects)
    SELECT $1, k.*
    FROM unnest(
        $3::bytea[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bytea[], $10::bytea[],
        $11::bytea[], $12::bytea[]
    ) AS k
),
waiting AS (
    INSERT INTO pending (tenant, hlc, record_id, recorded_at, leaf)
    SELECT $1, k.*
    FROM unnest($8::bigint[], $3::bytea[], $7::bigint[], $9::bytea[]) AS k
),
profiles AS (
    INSERT INTO profile
        (tenant, profile_table, profile, version, hlc, last_recorded_at, states, erased_at, collected_on, jurisdiction)
    SELECT $1, k.profile_table, k.profile, k.version, k.hlc, k.last_recorded_at, k.states,
        NULLIF(k.erased_at, -9223372036854775808), NULLIF(k.collected_on, -9223372036854775808)::integer,
        NULLIF(k.jurisdiction, '')
    FROM unnest(
        $13::text[], $14::text[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bytea[], $19::bigint[],
        $20::bigint[], $21::text[]
    ) AS k (profile_table, profile, version, hlc, last_recorded_at, states, erased_at, collected_on, jurisdiction)
    ON CONFLICT (tenant, profile_table, profile) DO UPDATE SET
        version = excluded.version,
        hlc = excluded.hlc,
        last_recorded_at = excluded.last_recorded_at,
        states = excluded.states,
        erased_at = excluded.erased_at,
        collected_on = excluded.collected_on,
        jurisdiction = excluded.jurisdiction
)
INSERT INTO request (tenant, request_id, method, content_hash, outcomes, created_at)
SELECT $1, k.*, $2
FROM unnest($22::bytea[], $23::text[], $24::bytea[], $25::bytea[]) AS k
ON CONFLICT DO NOTHING
RETURNING request_id
