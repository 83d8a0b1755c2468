-- save_removals
-- What is one row each goes at once: devices seen, and last-open days from before, as each removal takes them.
WITH queued AS (
    INSERT INTO removal
        (tenant, record_id, series, profile_table, profile, person, effective_at, erases, next_at, last_at)
    SELECT $1, k.record_id, k.series::smallint, k.profile_table, k.profile, k.person, k.effective_at,
        k.erases::smallint, k.next_at, k.last_at
    FROM unnest(
        $2::bytea[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
        $10::bigint[]
    ) AS k (record_id, series, profile_table, profile, person, effective_at, erases, next_at, last_at)
),
devices AS (
    DELETE FROM last_device AS d
    USING unnest($11::text[], $12::text[], $13::bigint[], $14::bigint[]) AS k (profile_table, profile, since, until)
    WHERE d.tenant = $1 AND d.profile_table = k.profile_table AND d.profile = k.profile
        AND d.occurred_at >= k.since AND d.occurred_at < k.until
)
DELETE FROM last_open AS o
USING unnest($15::bigint[], $16::text[], $17::text[], $18::bigint[]) AS k (person, profile_table, profile, before)
WHERE o.tenant = $1 AND o.person = k.person AND o.profile_table = k.profile_table AND o.profile = k.profile
    AND o.day < k.before
