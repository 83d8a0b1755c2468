-- delete_devices
-- One that was seen again since it was listed stays.
DELETE FROM last_device AS d
USING unnest($2::text[], $3::text[], $4::bigint[]) AS k (profile_table, profile, occurred_at)
WHERE d.tenant = $1 AND d.profile_table = k.profile_table AND d.profile = k.profile
    AND d.occurred_at = k.occurred_at
