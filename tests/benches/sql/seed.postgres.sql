-- The interactions number :first to :last, :apart microseconds apart: everybody does one thing after the other, and each
-- row is what the service wrote when somebody did the same, but for who, when and about which message.
INSERT INTO interaction (
    tenant, interaction_id, occurred_at, person, profile_table, profile, kind, automated, message, link, campaign,
    website, goal, order_id, amount, currency, pixel, links, reason, policy, policy_version, recorded_at
)
SELECT
    t.tenant, int8send((n.at / 1000 << 16) | 28672 | (n.i & 4095)) || int8send((-9223372036854775807 - 1) | n.i), n.at,
    p.person, t.profile_table, p.profile, t.kind, t.automated, 'm:round', t.link, t.campaign, t.website, t.goal,
    t.order_id, t.amount, t.currency, t.pixel, t.links, t.reason, t.policy, t.policy_version, n.at + 1000000
FROM (SELECT i, :from + i * :apart AS at FROM generate_series(:first::bigint, :last) AS i) AS n
JOIN bench_person AS p ON p.number = n.i * 7919 % :people
JOIN bench_template AS t ON t.kind = CASE WHEN n.i % 3 = 0 THEN 2 ELSE 1 END
ORDER BY n.i;
