-- lock_profiles
SELECT p.profile_table, p.profile, p.version, p.hlc, p.last_recorded_at, p.erased_at
FROM json_each(?2) AS k
CROSS JOIN profile AS p ON p.tenant = ?1 AND p.profile_table = k.value ->> 0 AND p.profile = k.value ->> 1
ORDER BY p.profile_table, p.profile
