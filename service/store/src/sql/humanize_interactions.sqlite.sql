-- humanize_interactions
UPDATE interaction AS i SET automated = 0
FROM json_each(?2) AS k
WHERE i.tenant = ?1 AND i.interaction_id = unhex(k.value ->> 0) AND i.occurred_at = k.value ->> 1
    AND i.person = k.value ->> 2 AND i.kind = k.value ->> 3
    AND i.profile_table = k.value ->> 4 AND i.profile = k.value ->> 5
    AND i.automated <> 0
