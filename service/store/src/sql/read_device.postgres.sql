-- read_device
SELECT d.device, d.user_agent, d.occurred_at
FROM unnest($2::text[], $3::text[]) AS k (profile_table, profile)
CROSS JOIN LATERAL (
    SELECT d.* FROM last_device AS d WHERE d.tenant = $1 AND d.profile_table = k.profile_table AND d.profile = k.profile LIMIT 1
) AS d
