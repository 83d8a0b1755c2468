-- walk_histories
SELECT profile_table, profile, CASE WHEN history IS NULL THEN 1 ELSE 0 END::bigint AS bare
FROM profile
WHERE tenant = $1 AND (profile_table, profile) > ($2, $3)
ORDER BY profile_table, profile
LIMIT $4
