-- delete_interactions
DELETE FROM interaction AS i
USING unnest($2::bytea[], $3::bigint[]) AS k (interaction_id, occurred_at)
WHERE i.tenant = $1 AND i.interaction_id = k.interaction_id AND i.occurred_at = k.occurred_at
