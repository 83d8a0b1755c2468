-- take_removals
-- The devices and last-open days that removals take; those that are not done for the last time are put off until then.
DELETE FROM last_device
WHERE tenant = ?1
    AND (profile_table, profile) IN (
        SELECT d.profile_table, d.profile
        FROM json_each(?2) AS k
        CROSS JOIN last_device AS d ON d.tenant = ?1 AND d.profile_table = k.value ->> 0 AND d.profile = k.value ->> 1
        WHERE d.occurred_at >= k.value ->> 2 AND d.occurred_at < k.value ->> 3
    );
DELETE FROM last_open
WHERE tenant = ?1
    AND (person, profile_table, profile) IN (
        SELECT o.person, o.profile_table, o.profile
        FROM json_each(?3) AS k
        CROSS JOIN last_open AS o ON o.tenant = ?1 AND o.person = k.value ->> 0
            AND o.profile_table = k.value ->> 1 AND o.profile = k.value ->> 2
        WHERE o.day < k.value ->> 3
    );
UPDATE removal SET next_at = last_at
WHERE tenant = ?1 AND record_id IN (SELECT unhex(k.value ->> 0) FROM json_each(?4) AS k)
