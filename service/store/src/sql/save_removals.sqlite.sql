-- save_removals
-- What is one row each goes at once: devices seen, and last-open days from before, as each removal takes them.
INSERT INTO removal
    (tenant, record_id, series, profile_table, profile, person, effective_at, erases, next_at, last_at)
SELECT ?1, unhex(k.value ->> 0), k.value ->> 1, k.value ->> 2, k.value ->> 3, k.value ->> 4, k.value ->> 5,
    k.value ->> 6, k.value ->> 7, k.value ->> 8
FROM json_each(?2) AS k;
DELETE FROM last_device
WHERE tenant = ?1
    AND (profile_table, profile) IN (
        SELECT d.profile_table, d.profile
        FROM json_each(?3) AS k
        CROSS JOIN last_device AS d ON d.tenant = ?1 AND d.profile_table = k.value ->> 0 AND d.profile = k.value ->> 1
        WHERE d.occurred_at >= k.value ->> 2 AND d.occurred_at < k.value ->> 3
    );
DELETE FROM last_open
WHERE tenant = ?1
    AND (person, profile_table, profile) IN (
        SELECT o.person, o.profile_table, o.profile
        FROM json_each(?4) AS k
        CROSS JOIN last_open AS o ON o.tenant = ?1 AND o.person = k.value ->> 0
            AND o.profile_table = k.value ->> 1 AND o.profile = k.value ->> 2
        WHERE o.day < k.value ->> 3
    )
