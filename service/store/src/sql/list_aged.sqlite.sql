-- list_aged
-- In the order of the key, so that a walk goes on where it stopped; on PostgreSQL only months that may hold some.
SELECT i.interaction_id, i.occurred_at, i.profile_table, i.person, i.message, i.kind AS kind
FROM interaction AS i
WHERE i.tenant = ?1 AND (i.interaction_id, i.occurred_at) > (?2, ?3) AND i.occurred_at < ?4
ORDER BY i.interaction_id, i.occurred_at
LIMIT ?5
