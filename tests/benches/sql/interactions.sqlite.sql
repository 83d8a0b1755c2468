-- What a thousand interactions write in one call, gated by the states of their people: each statement once, for all of them.
REPLACE INTO turn
SELECT 1, abs(random() % t.value), 0, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER), r.value
FROM given AS t JOIN given AS r ON r.name = 'random_ids'
WHERE t.name = 'turns';
BEGIN IMMEDIATE;
INSERT INTO interaction (
    tenant, interaction_id, occurred_at, person, kind, automated, reason, policy_version, profile_table,
    profile, message, link, policy, recorded_at
)
SELECT 'bench',
    CASE WHEN t.random_ids = 1 THEN randomblob(16)
        ELSE CAST(printf('%012x%04x', t.micros / 1000, k.key) AS BLOB) END,
    t.micros, k.value ->> 0, 1 + k.key % 2, 0, 1, 1, 'people', p.profile, 'm1',
    CASE WHEN k.key % 2 = 1 THEN 'l1' END, 'strict', t.micros
FROM turn AS t
CROSS JOIN asked AS a ON a.turn = t.turn
CROSS JOIN json_each(a.rows) AS k
CROSS JOIN profile AS p ON p.tenant = 'bench' AND p.profile_table = 'people' AND p.profile = k.value ->> 1
    AND p.erased_at IS NULL AND p.states <> x''
WHERE TRUE
ON CONFLICT (tenant, interaction_id, occurred_at) DO NOTHING;
INSERT INTO interaction_batch (tenant, batch_id, recorded_at, keys)
SELECT 'bench', CAST(printf('%016x', t.micros) AS BLOB), t.micros, randomblob(24000) FROM turn AS t WHERE TRUE
ON CONFLICT DO NOTHING;
INSERT INTO interaction_pending (tenant, recorded_at, batch_id)
SELECT 'bench', t.micros, CAST(printf('%016x', t.micros) AS BLOB) FROM turn AS t WHERE TRUE
ON CONFLICT DO NOTHING;
COMMIT;
