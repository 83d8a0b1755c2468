-- read_interactions
SELECT
    i.interaction_id, i.occurred_at, i.profile_table, i.profile, i.kind, i.automated, i.message, i.link,
    i.campaign, i.website, i.goal, i.order_id, i.amount, i.currency, COALESCE(i.pixel, s.pixel) AS pixel,
    COALESCE(i.links, s.links) AS links, i.reason, i.policy, i.policy_version, i.recorded_at
FROM json_each(?2) AS k
CROSS JOIN interaction AS i
    ON i.tenant = ?1 AND i.interaction_id = unhex(k.value ->> 0) AND i.occurred_at = k.value ->> 1
LEFT JOIN send AS s
    ON i.kind <> 6 AND s.tenant = ?1 AND s.person = i.person AND s.message = i.message
    AND (s.occurred_at, s.interaction_id) = (
        SELECT o.occurred_at, o.interaction_id
        FROM send AS o
        WHERE o.tenant = ?1 AND o.person = i.person AND o.message = i.message
            AND o.occurred_at <= i.occurred_at AND o.profile_table = i.profile_table AND o.profile = i.profile
        ORDER BY o.occurred_at DESC, o.interaction_id DESC
        LIMIT 1
    )
