-- list_devices
SELECT d.profile_table, d.profile, d.occurred_at
FROM last_device AS d
WHERE d.tenant = $1 AND (d.profile_table, d.profile) > ($2, $3)
ORDER BY d.profile_table, d.profile
LIMIT $4
