-- read_interactions
-- Each is looked up by its whole key, in its own month, and the mode that its message went out with beside it.
SELECT
    i.interaction_id, i.occurred_at, i.profile_table, i.profile, i.kind::bigint AS kind,
    i.automated::bigint AS automated, i.message, i.link, i.campaign, i.website, i.goal, i.order_id, i.amount,
    i.currency, COALESCE(i.pixel, s.pixel)::bigint AS pixel, COALESCE(i.links, s.links)::bigint AS links,
    i.reason::bigint AS reason, i.policy, i.policy_version, i.recorded_at
FROM unnest($2::bytea[], $3::bigint[]) AS k (interaction_id, occurred_at)
CROSS JOIN LATERAL (
    SELECT i.* FROM interaction AS i
    WHERE i.tenant = $1 AND i.interaction_id = k.interaction_id AND i.occurred_at = k.occurred_at
    LIMIT 1
) AS i
LEFT JOIN LATERAL (
    SELECT o.pixel, o.links
    FROM send AS o
    WHERE i.kind <> 6 AND o.tenant = $1 AND o.person = i.person AND o.message = i.message
        AND o.occurred_at <= i.occurred_at AND o.profile_table = i.profile_table AND o.profile = i.profile
    ORDER BY o.occurred_at DESC, o.interaction_id DESC
    LIMIT 1
) AS s ON TRUE
