-- latest_sends
SELECT k.turn, s.pixel::bigint AS pixel, s.links::bigint AS links
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[])
    AS k (turn, person, occurred_at, message, profile_table, profile)
CROSS JOIN LATERAL (
    SELECT o.pixel, o.links
    FROM send AS o
    WHERE o.tenant = $1 AND o.person = k.person AND o.message = k.message AND o.occurred_at <= k.occurred_at
        AND o.profile_table = k.profile_table AND o.profile = k.profile
    ORDER BY o.occurred_at DESC, o.interaction_id DESC
    LIMIT 1
) AS s
