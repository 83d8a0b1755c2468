-- list_activity
SELECT *
FROM (
    SELECT
        i.interaction_id, i.occurred_at, i.profile_table, i.profile, i.kind, i.automated, i.message, i.link,
        i.campaign, i.website, i.goal, i.order_id, i.amount, i.currency, s.pixel, s.links, i.reason, i.policy,
        i.policy_version, i.recorded_at
    FROM (
        SELECT o.*
        FROM interaction AS o
        WHERE o.tenant = ?1 AND o.person = ?2 AND o.kind <> 6 AND o.profile_table = ?3 AND o.profile = ?4
            AND (o.occurred_at, o.interaction_id) < (?5, ?6)
        ORDER BY o.occurred_at DESC, o.interaction_id DESC
        LIMIT ?7
    ) AS i
    LEFT JOIN send AS s
        ON s.tenant = ?1 AND s.person = ?2 AND s.message = i.message
        AND (s.occurred_at, s.interaction_id) = (
            SELECT o.occurred_at, o.interaction_id
            FROM send AS o
            WHERE o.tenant = ?1 AND o.person = ?2 AND o.message = i.message AND o.occurred_at <= i.occurred_at
                AND o.profile_table = ?3 AND o.profile = ?4
            ORDER BY o.occurred_at DESC, o.interaction_id DESC
            LIMIT 1
        )
    UNION ALL
    SELECT * FROM (SELECT
        i.interaction_id, i.occurred_at, i.profile_table, i.profile, i.kind, i.automated, i.message, i.link,
        i.campaign, i.website, i.goal, i.order_id, i.amount, i.currency, i.pixel, i.links, i.reason, i.policy,
        i.policy_version, i.recorded_at
    FROM send AS s
    JOIN interaction AS i
        ON i.tenant = s.tenant AND i.interaction_id = s.interaction_id AND i.occurred_at = s.occurred_at
    WHERE s.tenant = ?1 AND s.person = ?2 AND s.profile_table = ?3 AND s.profile = ?4
        AND (s.occurred_at, s.interaction_id) < (?5, ?6)
    ORDER BY s.occurred_at DESC, s.interaction_id DESC
    LIMIT ?7)
) AS activity
ORDER BY occurred_at DESC, interaction_id DESC
LIMIT ?7
