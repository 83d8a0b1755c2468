-- insert_records
INSERT INTO record
    (tenant, id, profile_table, profile, profile_version, recorded_at, hlc, leaf, salt, body, effects)
SELECT ?1, unhex(k.value ->> 0), k.value ->> 1, k.value ->> 2, k.value ->> 3, k.value ->> 4, k.value ->> 5,
    unhex(k.value ->> 6), unhex(k.value ->> 7), unhex(k.value ->> 8), unhex(k.value ->> 9)
FROM json_each(?2) AS k
