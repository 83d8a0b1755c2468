-- delete_sends
DELETE FROM send
WHERE tenant = ?1
    AND (person, message, occurred_at, interaction_id) IN (
        SELECT k.value ->> 0, k.value ->> 1, k.value ->> 2, unhex(k.value ->> 3) FROM json_each(?2) AS k
    )
