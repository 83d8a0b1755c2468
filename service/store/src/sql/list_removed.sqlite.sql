-- list_removed
-- The rows that removals take, a slice of them: each person's by their own index.
SELECT i.interaction_id, i.occurred_at
FROM json_each(?3) AS k
CROSS JOIN interaction AS i
    ON i.tenant = ?1 AND i.person = k.value ->> 0 AND i.kind <> 6 AND i.profile_table = k.value ->> 1
    AND i.profile = k.value ->> 2 AND i.occurred_at >= k.value ->> 4 AND i.occurred_at < k.value ->> 5
WHERE (1 << i.kind) & (k.value ->> 3) <> 0
LIMIT ?2
