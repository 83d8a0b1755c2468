-- What a thousand interactions write in one call, gated by the states of their people: each statement once, for all of them.
\set turn random(0, :turns - 1)
\set chance random(1, 9223372036854770000)
BEGIN;
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros \gset
INSERT INTO interaction (
    tenant, interaction_id, occurred_at, person, kind, automated, reason, policy_version, profile_table,
    profile, message, link, policy, recorded_at
)
SELECT 'bench',
    int8send(CASE WHEN :random_ids = 1 THEN hashint8extended(:chance, k.place) ELSE (:micros::bigint / 1000 << 16) + k.place END)
        || int8send(:chance),
    :micros::bigint, k.person, (1 + k.place % 2)::smallint, 0, 1, 1, 'people', p.profile, 'm1',
    CASE WHEN k.place % 2 = 1 THEN 'l1' END, 'strict', :micros::bigint
FROM asked AS a
CROSS JOIN LATERAL unnest(a.people, a.profiles) WITH ORDINALITY AS k (person, profile, place)
JOIN profile AS p ON p.tenant = 'bench' AND p.profile_table = 'people' AND p.profile = k.profile
    AND p.erased_at IS NULL AND p.states <> ''
WHERE a.turn = :turn
ON CONFLICT (tenant, interaction_id, occurred_at) DO NOTHING;
INSERT INTO interaction_batch (tenant, batch_id, recorded_at, keys)
VALUES ('bench', int8send(:micros::bigint) || int8send(:chance), :micros::bigint, decode(repeat('5a', 24000), 'hex'));
INSERT INTO interaction_pending (tenant, recorded_at, batch_id)
VALUES ('bench', :micros::bigint, int8send(:micros::bigint) || int8send(:chance));
COMMIT;
