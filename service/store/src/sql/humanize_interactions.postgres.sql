-- humanize_interactions
UPDATE interaction AS i SET automated = 0
FROM unnest($2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
    AS k (interaction_id, occurred_at, person, kind, profile_table, profile)
WHERE i.tenant = $1 AND i.interaction_id = k.interaction_id AND i.occurred_at = k.occurred_at
    AND i.person = k.person AND i.kind = k.kind AND i.profile_table = k.profile_table AND i.profile = k.profile
    AND i.automated <> 0
RETURNING
    i.interaction_id, i.occurred_at, i.amount, i.currency,
    COALESCE(i.campaign, (
        SELECT d.campaign FROM declaration AS d WHERE d.tenant = $1 AND d.kind = 'message' AND d.id = i.message
    )) AS campaign
