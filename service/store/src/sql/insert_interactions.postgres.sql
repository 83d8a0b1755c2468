-- insert_interactions
INSERT INTO interaction (
    tenant, interaction_id, occurred_at, person, kind, automated, amount, pixel, links, reason,
    policy_version, profile_table, profile, message, link, campaign, website, goal, order_id, currency,
    policy, recorded_at
)
SELECT
    $1, k.interaction_id, k.occurred_at, k.person, k.kind::smallint, k.automated::smallint,
    NULLIF(k.amount, -9223372036854775808), NULLIF(k.pixel, -9223372036854775808)::smallint,
    NULLIF(k.links, -9223372036854775808)::smallint, k.reason::smallint, k.policy_version, k.profile_table,
    k.profile, NULLIF(k.message, ''), NULLIF(k.link, ''), NULLIF(k.campaign, ''), NULLIF(k.website, ''),
    NULLIF(k.goal, ''), NULLIF(k.order_id, ''), NULLIF(k.currency, ''), k.policy, $2
FROM unnest(
    $3::bytea[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
    $10::bigint[], $11::bigint[], $12::bigint[], $13::text[], $14::text[], $15::text[], $16::text[],
    $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[]
) AS k (
    interaction_id, occurred_at, person, kind, automated, amount, pixel, links, reason, policy_version,
    profile_table, profile, message, link, campaign, website, goal, order_id, currency, policy
)
ON CONFLICT (tenant, interaction_id, occurred_at) DO NOTHING
RETURNING interaction_id, occurred_at
