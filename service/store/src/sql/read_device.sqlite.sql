-- read_device
SELECT d.device, d.user_agent, d.occurred_at
FROM json_each(?2) AS k
CROSS JOIN last_device AS d ON d.tenant = ?1 AND d.profile_table = k.value ->> 0 AND d.profile = k.value ->> 1
