-- insert_counted
-- What is a row already is in the campaign's figures, or was when it was recorded.
INSERT INTO counted (tenant, mark, day)
SELECT $1, k.mark, $2
FROM unnest($3::bytea[], $4::bytea[], $5::bigint[]) AS k (mark, interaction_id, occurred_at)
WHERE NOT EXISTS (
    SELECT 1 FROM interaction AS i
    WHERE i.tenant = $1 AND i.interaction_id = k.interaction_id AND i.occurred_at = k.occurred_at
)
ON CONFLICT (tenant, mark) DO NOTHING
RETURNING mark
