-- read_interactions
SELECT
    i.interaction_id, i.occurred_at, i.profile_table, i.profile, i.kind, i.automated, i.message, i.link,
    i.campaign, i.website, i.goal, i.order_id, i.amount, i.currency, i.pixel, i.links, i.reason, i.policy,
    i.policy_version, i.recorded_at
FROM json_each(?2) AS k
CROSS JOIN interaction AS i
    ON i.tenant = ?1 AND i.interaction_id = unhex(k.value ->> 0) AND i.occurred_at = k.value ->> 1
