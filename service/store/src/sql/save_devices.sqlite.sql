-- save_devices
INSERT INTO last_device (tenant, profile_table, profile, device, user_agent, occurred_at)
SELECT ?1, k.value ->> 0, k.value ->> 1, NULLIF(k.value ->> 2, ''), NULLIF(k.value ->> 3, ''), k.value ->> 4
FROM json_each(?2) AS k
WHERE TRUE
ON CONFLICT (tenant, profile_table, profile) DO UPDATE SET
    device = excluded.device,
    user_agent = excluded.user_agent,
    occurred_at = excluded.occurred_at
WHERE last_device.occurred_at < excluded.occurred_at
