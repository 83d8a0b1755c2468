-- list_days
SELECT o.person, o.profile_table, o.profile, o.day
FROM last_open AS o
WHERE o.tenant = $1 AND (o.person, o.profile_table, o.profile) > ($2, $3, $4)
ORDER BY o.person, o.profile_table, o.profile
LIMIT $5
