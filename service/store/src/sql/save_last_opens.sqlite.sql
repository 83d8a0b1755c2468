-- save_last_opens
INSERT INTO last_open (tenant, person, profile_table, profile, day)
SELECT ?1, k.value ->> 0, k.value ->> 1, k.value ->> 2, k.value ->> 3
FROM json_each(?2) AS k
WHERE TRUE
ON CONFLICT (tenant, person, profile_table, profile) DO UPDATE SET day = excluded.day
WHERE last_open.day < excluded.day
