-- delete_interactions
DELETE FROM interaction
WHERE tenant = ?1
    AND (interaction_id, occurred_at) IN (SELECT unhex(k.value ->> 0), k.value ->> 1 FROM json_each(?2) AS k)
