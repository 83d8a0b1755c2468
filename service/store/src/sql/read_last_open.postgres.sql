-- read_last_open
SELECT o.day
FROM last_open AS o
WHERE o.tenant = $1 AND o.person = $2 AND o.profile_table = $3 AND o.profile = $4
