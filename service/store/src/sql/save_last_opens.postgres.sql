-- save_last_opens
INSERT INTO last_open AS o (tenant, person, profile_table, profile, day)
SELECT $1, k.person, k.profile_table, k.profile, k.day
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[]) AS k (person, profile_table, profile, day)
ON CONFLICT (tenant, person, profile_table, profile) DO UPDATE SET day = excluded.day
WHERE o.day < excluded.day
