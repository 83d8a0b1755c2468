-- find_awaited
SELECT
    l.place, l.interaction_id, l.occurred_at, l.profile_table, l.profile, l.kind, l.automated, l.message, l.link,
    l.campaign, l.website, l.goal, l.order_id, l.amount, l.currency, s.pixel, s.links, l.reason, l.policy,
    l.policy_version, l.recorded_at
FROM (
    SELECT
        k.value ->> 0 AS place, i.interaction_id, i.occurred_at, i.person, i.profile_table, i.profile, i.kind,
        i.automated, i.message, i.link, i.campaign, i.website, i.goal, i.order_id, i.amount, i.currency,
        i.reason, i.policy, i.policy_version, i.recorded_at,
        ROW_NUMBER() OVER (PARTITION BY k.value ->> 0 ORDER BY i.occurred_at, i.interaction_id) AS turn
    FROM json_each(?3) AS k
    CROSS JOIN interaction AS i
        ON i.tenant = ?1 AND i.person = k.value ->> 1 AND i.kind <> 6
        AND i.occurred_at >= k.value ->> 2 AND i.occurred_at < k.value ->> 3
    WHERE (i.occurred_at, i.interaction_id) > (k.value ->> 2, unhex(k.value ->> 6))
        AND i.profile_table = k.value ->> 9 AND i.profile = k.value ->> 10
        AND i.automated = 0 AND ((k.value ->> 4) >> i.kind) & 1 = 1
        AND (k.value ->> 8 = '' OR i.kind NOT IN (2, 3) OR i.link = k.value ->> 8)
        AND CASE k.value ->> 5
            WHEN 1 THEN i.message = k.value ->> 7
            WHEN 2 THEN i.campaign = k.value ->> 7 OR EXISTS (
                SELECT 1
                FROM declaration AS m
                WHERE m.tenant = ?1 AND m.kind = 'message' AND m.id = i.message AND m.campaign = k.value ->> 7
            )
            WHEN 3 THEN i.website = k.value ->> 7 OR EXISTS (
                SELECT 1
                FROM declaration AS c
                WHERE c.tenant = ?1 AND c.kind = 'campaign' AND c.id = i.campaign AND c.website = k.value ->> 7
            ) OR EXISTS (
                SELECT 1
                FROM declaration AS m
                LEFT JOIN declaration AS c ON c.tenant = ?1 AND c.kind = 'campaign' AND c.id = m.campaign
                WHERE m.tenant = ?1 AND m.kind = 'message' AND m.id = i.message
                    AND (m.website = k.value ->> 7 OR c.website = k.value ->> 7)
            )
            WHEN 4 THEN i.goal = k.value ->> 7
        END
) AS l
LEFT JOIN send AS s
    ON s.tenant = ?1 AND s.person = l.person AND s.message = l.message
    AND (s.occurred_at, s.interaction_id) = (
        SELECT o.occurred_at, o.interaction_id
        FROM send AS o
        WHERE o.tenant = ?1 AND o.person = l.person AND o.message = l.message
            AND o.occurred_at <= l.occurred_at AND o.profile_table = l.profile_table AND o.profile = l.profile
        ORDER BY o.occurred_at DESC, o.interaction_id DESC
        LIMIT 1
    )
WHERE l.turn <= ?2
ORDER BY l.place, l.occurred_at, l.interaction_id
