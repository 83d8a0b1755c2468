-- delete_days
-- One that moved since it was listed stays.
DELETE FROM last_open AS o
USING unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[]) AS k (person, profile_table, profile, day)
WHERE o.tenant = $1 AND o.person = k.person AND o.profile_table = k.profile_table AND o.profile = k.profile
    AND o.day = k.day
