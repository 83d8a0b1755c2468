-- walk_opened
SELECT person, profile_table, profile
FROM last_open
WHERE tenant = $1 AND (person, profile_table, profile) > ($2, $3, $4)
ORDER BY person, profile_table, profile
LIMIT $5
