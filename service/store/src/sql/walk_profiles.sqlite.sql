-- walk_profiles
SELECT profile_table, profile
FROM profile
WHERE tenant = ?1 AND (profile_table, profile) > (?2, ?3) AND profile_table <= ?4
ORDER BY profile_table, profile
LIMIT ?5
