-- What one consent writes: the person's row locked, a record, its place in the queue to be numbered, the person's row, the request.
\set person random(1, :profiles)
BEGIN;
SELECT version + 1 AS version, greatest(hlc + 1, micros) AS hlc, micros,
    lpad(to_hex(micros / 1000), 12, '0') || substr(md5(random()::text), 1, 20) AS id,
    md5(random()::text) AS chance
FROM profile, (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros) AS clock
WHERE tenant = 'bench' AND profile_table = 'people' AND profile = 'p' || :person
FOR UPDATE OF profile \gset
INSERT INTO record
    (tenant, id, profile_table, profile, profile_version, recorded_at, hlc, leaf, salt, body, effects)
VALUES ('bench', decode(:id, 'hex'), 'people', 'p' || :person, :version, :micros, :hlc,
    decode(:chance || :chance, 'hex'), decode(:chance || :chance, 'hex'), decode(:body, 'hex'), decode(:effects, 'hex'));
INSERT INTO pending (tenant, hlc, record_id, recorded_at, leaf)
VALUES ('bench', :hlc, decode(:id, 'hex'), :micros, decode(:chance || :chance, 'hex'));
INSERT INTO profile (tenant, profile_table, profile, version, hlc, last_recorded_at, states, history)
VALUES ('bench', 'people', 'p' || :person, :version, :hlc, :micros, decode(:states, 'hex'), decode(:history, 'hex'))
ON CONFLICT (tenant, profile_table, profile) DO UPDATE SET
    version = excluded.version, hlc = excluded.hlc, last_recorded_at = excluded.last_recorded_at,
    states = excluded.states, history = excluded.history;
INSERT INTO request (tenant, request_id, method, content_hash, outcomes, created_at)
VALUES ('bench', decode(:chance, 'hex'), 'UpsertConsents', decode(:chance || :chance, 'hex'), decode('0200050303030303', 'hex'), :micros)
ON CONFLICT DO NOTHING;
COMMIT;
