-- read_interactions
-- Each is looked up by its whole key, in its own month.
SELECT
    i.interaction_id, i.occurred_at, i.profile_table, i.profile, i.kind::bigint AS kind,
    i.automated::bigint AS automated, i.message, i.link, i.campaign, i.website, i.goal, i.order_id, i.amount,
    i.currency, i.pixel::bigint AS pixel, i.links::bigint AS links, i.reason::bigint AS reason, i.policy,
    i.policy_version, i.recorded_at
FROM unnest($2::bytea[], $3::bigint[]) AS k (interaction_id, occurred_at)
CROSS JOIN LATERAL (
    SELECT i.* FROM interaction AS i
    WHERE i.tenant = $1 AND i.interaction_id = k.interaction_id AND i.occurred_at = k.occurred_at
    LIMIT 1
) AS i
