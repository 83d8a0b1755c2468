-- release_profiles
DELETE FROM profile
WHERE tenant = ?1
    AND (profile_table, profile) IN (SELECT k.value ->> 0, k.value ->> 1 FROM json_each(?2) AS k)
    AND version = 0
