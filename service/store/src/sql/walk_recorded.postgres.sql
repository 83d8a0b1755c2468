-- walk_recorded
SELECT interaction_id, occurred_at, profile_table, profile
FROM interaction
WHERE tenant = $1 AND (interaction_id, occurred_at) > ($2, $3)
ORDER BY interaction_id, occurred_at
LIMIT $4
