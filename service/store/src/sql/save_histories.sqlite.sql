-- save_histories
UPDATE profile SET history = unhex(k.value ->> 2)
FROM json_each(?2) AS k
WHERE profile.tenant = ?1 AND profile.profile_table = k.value ->> 0 AND profile.profile = k.value ->> 1
