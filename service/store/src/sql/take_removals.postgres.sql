-- take_removals
-- The devices and last-open days that removals take; those that are not done for the last time are put off until then.
WITH devices AS (
    DELETE FROM last_device AS d
    USING unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS k (profile_table, profile, since, until)
    WHERE d.tenant = $1 AND d.profile_table = k.profile_table AND d.profile = k.profile
        AND d.occurred_at >= k.since AND d.occurred_at < k.until
),
days AS (
    DELETE FROM last_open AS o
    USING unnest($6::bigint[], $7::text[], $8::text[], $9::bigint[]) AS k (person, profile_table, profile, before)
    WHERE o.tenant = $1 AND o.person = k.person AND o.profile_table = k.profile_table AND o.profile = k.profile
        AND o.day < k.before
)
UPDATE removal AS r SET next_at = r.last_at
FROM unnest($10::bytea[]) AS k (record_id)
WHERE r.tenant = $1 AND r.record_id = k.record_id
