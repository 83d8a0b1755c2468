-- latest_sends
SELECT k.value ->> 0 AS turn, s.pixel, s.links
FROM json_each(?2) AS k
CROSS JOIN send AS s
    ON s.tenant = ?1 AND s.person = k.value ->> 1 AND s.message = k.value ->> 3
    AND (s.occurred_at, s.interaction_id) = (
        SELECT o.occurred_at, o.interaction_id
        FROM send AS o
        WHERE o.tenant = ?1 AND o.person = k.value ->> 1 AND o.message = k.value ->> 3
            AND o.occurred_at <= k.value ->> 2
            AND o.profile_table = k.value ->> 4 AND o.profile = k.value ->> 5
        ORDER BY o.occurred_at DESC, o.interaction_id DESC
        LIMIT 1
    )
