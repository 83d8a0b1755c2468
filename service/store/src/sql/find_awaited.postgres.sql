-- find_awaited
SELECT
    k.place, i.interaction_id, i.occurred_at, i.profile_table, i.profile, i.kind::bigint AS kind,
    i.automated::bigint AS automated, i.message, i.link, i.campaign, i.website, i.goal, i.order_id, i.amount,
    i.currency, s.pixel::bigint AS pixel, s.links::bigint AS links, i.reason::bigint AS reason, i.policy,
    i.policy_version, i.recorded_at
FROM unnest(
    $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bytea[],
    $10::text[], $11::text[], $12::text[], $13::text[]
) AS k (place, person, start, until, kinds, sort, after, target, link, profile_table, profile)
CROSS JOIN LATERAL (
    SELECT o.*
    FROM interaction AS o
    WHERE o.tenant = $1 AND o.person = k.person AND o.kind <> 6
        AND o.occurred_at >= k.start AND o.occurred_at < k.until
        AND (o.occurred_at, o.interaction_id) > (k.start, k.after)
        AND o.profile_table = k.profile_table AND o.profile = k.profile
        AND o.automated = 0 AND (k.kinds >> o.kind) & 1 = 1
        AND (k.link = '' OR o.kind NOT IN (2, 3) OR o.link = k.link)
        AND CASE k.sort
            WHEN 1 THEN o.message = k.target
            WHEN 2 THEN o.campaign = k.target OR k.target = (
                SELECT m.campaign
                FROM declaration AS m
                WHERE m.tenant = $1 AND m.kind = 'message' AND m.id = o.message
            )
            WHEN 3 THEN o.website = k.target OR k.target = (
                SELECT c.website
                FROM declaration AS c
                WHERE c.tenant = $1 AND c.kind = 'campaign' AND c.id = o.campaign
            ) OR (
                SELECT m.website = k.target OR k.target = (
                    SELECT c.website FROM declaration AS c WHERE c.tenant = $1 AND c.kind = 'campaign' AND c.id = m.campaign
                )
                FROM declaration AS m
                WHERE m.tenant = $1 AND m.kind = 'message' AND m.id = o.message
            )
            WHEN 4 THEN o.goal = k.target
        END
    ORDER BY o.occurred_at, o.interaction_id
    LIMIT $2
) AS i
LEFT JOIN LATERAL (
    SELECT o.pixel, o.links
    FROM send AS o
    WHERE o.tenant = $1 AND o.person = k.person AND o.message = i.message AND o.occurred_at <= i.occurred_at
        AND o.profile_table = k.profile_table AND o.profile = k.profile
    ORDER BY o.occurred_at DESC, o.interaction_id DESC
    LIMIT 1
) AS s ON TRUE
ORDER BY k.place, i.occurred_at, i.interaction_id
