-- list_aged
-- In the order of the key, so that a walk goes on where it stopped; of the months only those that may hold some. No index
-- goes by age here: what is kept longest goes with its month.
SELECT
    i.interaction_id, i.occurred_at, i.person, i.message, i.kind::bigint AS kind,
    EXISTS (
        SELECT FROM unnest($6::text[], $7::bigint[]) AS k (profile_table, kept_from)
        WHERE k.profile_table = i.profile_table AND i.occurred_at < k.kept_from
    )::int::bigint AS outlived
FROM interaction AS i
WHERE i.tenant = $1 AND (i.interaction_id, i.occurred_at) > ($2, $3) AND i.occurred_at < $4
ORDER BY i.interaction_id, i.occurred_at
LIMIT $5
