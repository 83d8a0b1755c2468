-- delete_devices
-- One that was seen again since it was listed stays.
DELETE FROM last_device
WHERE tenant = ?1
    AND (profile_table, profile, occurred_at) IN (
        SELECT k.value ->> 0, k.value ->> 1, k.value ->> 2 FROM json_each(?2) AS k
    )
