-- What one interaction writes, gated by the state of its person: the row, the batch it is, the batch's place in the queue to be numbered.
\set turn random(0, :turns - 1)
\set place random(1, 1000)
\set kind random(1, 2)
\set chance random(1, 9223372036854770000)
BEGIN;
SELECT a.people[:place] AS person, a.profiles[:place] AS profile,
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros
FROM asked AS a WHERE a.turn = :turn \gset
INSERT INTO interaction (
    tenant, interaction_id, occurred_at, person, kind, automated, reason, policy_version, profile_table,
    profile, message, link, policy, recorded_at
)
SELECT 'bench',
    int8send(CASE WHEN :random_ids = 1 THEN hashint8extended(:chance, 1) ELSE (:micros::bigint / 1000 << 16) + :place END)
        || int8send(:chance),
    :micros::bigint, :person::bigint, :kind::smallint, 0, 1, 1, 'people', p.profile, 'm1',
    CASE WHEN :kind = 2 THEN 'l1' END, 'strict', :micros::bigint
FROM profile AS p
WHERE p.tenant = 'bench' AND p.profile_table = 'people' AND p.profile = :profile::text
    AND p.erased_at IS NULL AND p.states <> ''
ON CONFLICT (tenant, interaction_id, occurred_at) DO NOTHING;
INSERT INTO interaction_batch (tenant, batch_id, recorded_at, keys)
VALUES ('bench', int8send(:micros::bigint) || int8send(:chance), :micros::bigint, decode(repeat('5a', 24), 'hex'));
INSERT INTO interaction_pending (tenant, recorded_at, batch_id)
VALUES ('bench', :micros::bigint, int8send(:micros::bigint) || int8send(:chance));
COMMIT;
