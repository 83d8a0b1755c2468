-- insert_interactions
INSERT INTO interaction (
    tenant, interaction_id, occurred_at, person, kind, automated, amount, pixel, links, reason,
    policy_version, profile_table, profile, message, link, campaign, website, goal, order_id, currency,
    policy, recorded_at
)
SELECT
    $1, k.interaction_id, k.occurred_at, k.person, k.kind::smallint, COALESCE(k.automated, $3)::smallint,
    NULLIF(k.amount, -9223372036854775808), NULLIF(k.pixel, -9223372036854775808)::smallint,
    NULLIF(k.links, -9223372036854775808)::smallint, COALESCE(k.reason, $4)::smallint,
    COALESCE(k.policy_version, $5), COALESCE(k.profile_table, $6), k.profile, NULLIF(k.message, ''),
    NULLIF(k.link, ''), NULLIF(k.campaign, ''), NULLIF(k.website, ''), NULLIF(k.goal, ''), NULLIF(k.order_id, ''),
    NULLIF(k.currency, ''), COALESCE(k.policy, $7), $2
FROM unnest(
    $8::bytea[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[],
    $15::bigint[], $16::bigint[], $17::bigint[], $18::text[], $19::text[], $20::text[], $21::text[],
    $22::text[], $23::text[], $24::text[], $25::text[], $26::text[], $27::text[]
) AS k (
    interaction_id, occurred_at, person, kind, automated, amount, pixel, links, reason, policy_version,
    profile_table, profile, message, link, campaign, website, goal, order_id, currency, policy
)
ON CONFLICT (tenant, interaction_id, occurred_at) DO NOTHING
RETURNING interaction_id, occurred_at
