-- delete_days
-- One that moved since it was listed stays.
DELETE FROM last_open
WHERE tenant = ?1
    AND (person, profile_table, profile, day) IN (
        SELECT k.value ->> 0, k.value ->> 1, k.value ->> 2, k.value ->> 3 FROM json_each(?2) AS k
    )
