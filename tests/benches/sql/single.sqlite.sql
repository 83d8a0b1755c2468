-- What one consent writes: the person's row read, a record, its place in the queue to be numbered, the person's row, the request.
REPLACE INTO chosen
SELECT 0, 'p' || (1 + abs(random() % profiles)), micros,
    CAST(printf('%012x', micros / 1000) || hex(randomblob(4)) AS BLOB), randomblob(32)
FROM sample, (SELECT CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER) AS micros);
BEGIN IMMEDIATE;
SELECT p.version, p.hlc FROM chosen AS c
CROSS JOIN profile AS p ON p.tenant = 'bench' AND p.profile_table = 'people' AND p.profile = c.profile;
INSERT INTO record
    (tenant, id, profile_table, profile, profile_version, recorded_at, hlc, leaf, salt, body, effects)
SELECT 'bench', c.id, 'people', c.profile, p.version + 1, c.micros, max(p.hlc + 1, c.micros), c.chance, c.chance, s.body, s.effects
FROM sample AS s CROSS JOIN chosen AS c
CROSS JOIN profile AS p ON p.tenant = 'bench' AND p.profile_table = 'people' AND p.profile = c.profile;
INSERT INTO pending (tenant, hlc, record_id, recorded_at, leaf)
SELECT 'bench', c.micros, c.id, c.micros, c.chance FROM chosen AS c;
INSERT INTO profile (tenant, profile_table, profile, version, hlc, last_recorded_at, states, history)
SELECT 'bench', 'people', c.profile, p.version + 1, max(p.hlc + 1, c.micros), c.micros, s.states, s.history
FROM sample AS s CROSS JOIN chosen AS c
CROSS JOIN profile AS p ON p.tenant = 'bench' AND p.profile_table = 'people' AND p.profile = c.profile
WHERE TRUE
ON CONFLICT (tenant, profile_table, profile) DO UPDATE SET
    version = excluded.version, hlc = excluded.hlc, last_recorded_at = excluded.last_recorded_at,
    states = excluded.states, history = excluded.history;
INSERT INTO request (tenant, request_id, method, content_hash, outcomes, created_at)
SELECT 'bench', c.id, 'UpsertConsents', c.chance, x'0200050303030303', c.micros FROM chosen AS c
WHERE TRUE
ON CONFLICT DO NOTHING;
COMMIT;
