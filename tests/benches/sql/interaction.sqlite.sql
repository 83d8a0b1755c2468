-- What one interaction writes, gated by the state of its person: the row, the batch it is, the batch's place in the queue to be numbered.
REPLACE INTO turn
SELECT 1, abs(random() % t.value), abs(random() % 1000), CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER), r.value
FROM given AS t JOIN given AS r ON r.name = 'random_ids'
WHERE t.name = 'turns';
BEGIN IMMEDIATE;
INSERT INTO interaction (
    tenant, interaction_id, occurred_at, person, kind, automated, reason, policy_version, profile_table,
    profile, message, link, policy, recorded_at
)
SELECT 'bench',
    CASE WHEN t.random_ids = 1 THEN randomblob(16)
        ELSE CAST(printf('%012x%04x', t.micros / 1000, random() & 65535) AS BLOB) END,
    t.micros, k.person, 1 + t.number % 2, 0, 1, 1, 'people', p.profile, 'm1',
    CASE WHEN t.number % 2 = 1 THEN 'l1' END, 'strict', t.micros
FROM turn AS t
CROSS JOIN bench_person AS k ON k.number = t.turn * 1000 + t.number
CROSS JOIN profile AS p ON p.tenant = 'bench' AND p.profile_table = 'people' AND p.profile = k.profile
    AND p.erased_at IS NULL AND p.states <> x''
WHERE TRUE
ON CONFLICT (tenant, interaction_id, occurred_at) DO NOTHING;
INSERT INTO interaction_batch (tenant, batch_id, recorded_at, keys)
SELECT 'bench', CAST(printf('%016x', t.micros) AS BLOB), t.micros, randomblob(24) FROM turn AS t WHERE TRUE
ON CONFLICT DO NOTHING;
INSERT INTO interaction_pending (tenant, recorded_at, batch_id)
SELECT 'bench', t.micros, CAST(printf('%016x', t.micros) AS BLOB) FROM turn AS t WHERE TRUE
ON CONFLICT DO NOTHING;
COMMIT;
