-- insert_sends
INSERT INTO send
    (tenant, interaction_id, occurred_at, person, pixel, links, message, profile_table, profile)
SELECT ?1, unhex(k.value ->> 0), k.value ->> 1, k.value ->> 2, NULLIF(k.value ->> 3, -9223372036854775808),
    NULLIF(k.value ->> 4, -9223372036854775808), k.value ->> 5, k.value ->> 6, k.value ->> 7
FROM json_each(?2) AS k
WHERE TRUE
ON CONFLICT DO NOTHING
