-- list_removed
-- The rows that removals take, a slice of them: each person's by their own index, month by month.
SELECT i.interaction_id, i.occurred_at
FROM unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[])
    AS k (person, profile_table, profile, kinds, since, until)
CROSS JOIN LATERAL (
    SELECT o.interaction_id, o.occurred_at
    FROM interaction AS o
    WHERE o.tenant = $1 AND o.person = k.person AND o.kind <> 6 AND o.profile_table = k.profile_table
        AND o.profile = k.profile AND o.occurred_at >= k.since AND o.occurred_at < k.until
        AND (1::bigint << o.kind::integer) & k.kinds <> 0
    LIMIT $2
) AS i
LIMIT $2
