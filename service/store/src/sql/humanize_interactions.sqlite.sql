-- humanize_interactions
-- Found by their keys first: joined with the parameter, all that the tenant recorded would be walked for each of its rows.
UPDATE interaction SET automated = 0
WHERE tenant = ?1
    AND (interaction_id, occurred_at) IN (SELECT unhex(k.value ->> 0), k.value ->> 1 FROM json_each(?2) AS k)
    AND automated <> 0
    AND (interaction_id, occurred_at, person, kind, profile_table, profile) IN (
        SELECT unhex(k.value ->> 0), k.value ->> 1, k.value ->> 2, k.value ->> 3, k.value ->> 4, k.value ->> 5
        FROM json_each(?2) AS k
    )
RETURNING
    interaction_id, occurred_at, amount, currency,
    COALESCE(campaign, (
        SELECT d.campaign FROM declaration AS d WHERE d.tenant = ?1 AND d.kind = 'message' AND d.id = message
    )) AS campaign
