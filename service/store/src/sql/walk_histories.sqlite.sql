-- walk_histories
SELECT profile_table, profile, history IS NULL AS bare
FROM profile
WHERE tenant = ?1 AND (profile_table, profile) > (?2, ?3)
ORDER BY profile_table, profile
LIMIT ?4
