-- delete_sends
DELETE FROM send AS s
USING unnest($2::bigint[], $3::text[], $4::bigint[], $5::bytea[]) AS k (person, message, occurred_at, interaction_id)
WHERE s.tenant = $1 AND s.person = k.person AND s.message = k.message AND s.occurred_at = k.occurred_at
    AND s.interaction_id = k.interaction_id
