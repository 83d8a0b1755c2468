-- insert_counted
-- What is a row already is in the campaign's figures, or was when it was recorded.
INSERT INTO counted (tenant, mark, day)
SELECT ?1, unhex(k.value ->> 0), ?2
FROM json_each(?3) AS k
WHERE NOT EXISTS (
    SELECT 1 FROM interaction AS i
    WHERE i.tenant = ?1 AND i.interaction_id = unhex(k.value ->> 1) AND i.occurred_at = k.value ->> 2
)
ON CONFLICT (tenant, mark) DO NOTHING
RETURNING mark
