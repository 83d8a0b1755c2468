-- list_aged
-- Only what has outlived its retention, by age: it is deleted before the next slice is listed, so that no walk has to go
-- on from anywhere.
SELECT i.interaction_id, i.occurred_at, i.person, i.message, i.kind AS kind, 1 AS outlived
FROM json_each(?6) AS k
CROSS JOIN interaction AS i
    ON i.tenant = ?1 AND i.profile_table = k.value ->> 0 AND i.occurred_at < k.value ->> 1
LIMIT ?5
