-- save_devices
INSERT INTO last_device (tenant, profile_table, profile, device, user_agent, occurred_at)
SELECT $1, k.profile_table, k.profile, NULLIF(k.device, ''), NULLIF(k.user_agent, ''), k.occurred_at
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
    AS k (profile_table, profile, device, user_agent, occurred_at)
ON CONFLICT (tenant, profile_table, profile) DO UPDATE SET
    device = excluded.device,
    user_agent = excluded.user_agent,
    occurred_at = excluded.occurred_at
WHERE last_device.occurred_at < excluded.occurred_at
