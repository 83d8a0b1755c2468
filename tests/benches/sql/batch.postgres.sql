-- What a hundred consents write in one call: each statement once, for all of them.
\set first random(0, :profiles - 1)
BEGIN;
WITH locked AS (
    SELECT p.profile
    FROM generate_series(0, 99) AS k (place)
    JOIN profile AS p ON p.tenant = 'bench' AND p.profile_table = 'people'
        AND p.profile = 'p' || (1 + (:first::bigint + k.place * 7919) % :profiles::bigint)
    ORDER BY p.profile
    FOR UPDATE OF p
)
SELECT count(*) AS locked, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros,
    md5(random()::text) AS chance
FROM locked \gset
INSERT INTO record
    (tenant, id, profile_table, profile, profile_version, recorded_at, hlc, leaf, salt, body, effects)
SELECT 'bench',
    decode(lpad(to_hex(:micros::bigint / 1000), 12, '0') || substr(md5(:chance || k.place), 1, 20), 'hex'),
    'people', p.profile, p.version + 1, :micros::bigint, greatest(p.hlc + 1, :micros::bigint),
    decode(:chance || :chance, 'hex'), decode(:chance || :chance, 'hex'), decode(:body, 'hex'), decode(:effects, 'hex')
FROM generate_series(0, 99) AS k (place)
JOIN profile AS p ON p.tenant = 'bench' AND p.profile_table = 'people'
    AND p.profile = 'p' || (1 + (:first::bigint + k.place * 7919) % :profiles::bigint);
INSERT INTO pending (tenant, hlc, record_id, recorded_at, leaf)
SELECT 'bench', :micros::bigint,
    decode(lpad(to_hex(:micros::bigint / 1000), 12, '0') || substr(md5(:chance || k.place), 1, 20), 'hex'),
    :micros::bigint, decode(:chance || :chance, 'hex')
FROM generate_series(0, 99) AS k (place);
INSERT INTO profile (tenant, profile_table, profile, version, hlc, last_recorded_at, states, history)
SELECT 'bench', 'people', p.profile, p.version + 1, greatest(p.hlc + 1, :micros::bigint), :micros::bigint,
    decode(:states, 'hex'), decode(:history, 'hex')
FROM generate_series(0, 99) AS k (place)
JOIN profile AS p ON p.tenant = 'bench' AND p.profile_table = 'people'
    AND p.profile = 'p' || (1 + (:first::bigint + k.place * 7919) % :profiles::bigint)
ON CONFLICT (tenant, profile_table, profile) DO UPDATE SET
    version = excluded.version, hlc = excluded.hlc, last_recorded_at = excluded.last_recorded_at,
    states = excluded.states, history = excluded.history;
INSERT INTO request (tenant, request_id, method, content_hash, outcomes, created_at)
VALUES ('bench', decode(:chance, 'hex'), 'UpsertConsents', decode(:chance || :chance, 'hex'),
    decode(repeat('0200050303030303', 100), 'hex'), :micros::bigint)
ON CONFLICT DO NOTHING;
COMMIT;
