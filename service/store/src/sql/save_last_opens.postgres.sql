-- save_last_opens
-- Whose day does not move is left alone: a conflict would lock the row, which is a write too. Asked row by row on purpose: of an
-- EXISTS PostgreSQL may make a hash of all that there is.
INSERT INTO last_open AS o (tenant, person, profile_table, profile, day)
SELECT $1, k.person, k.profile_table, k.profile, k.day
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[]) AS k (person, profile_table, profile, day)
WHERE (
    SELECT t.day
    FROM last_open AS t
    WHERE t.tenant = $1 AND t.person = k.person AND t.profile_table = k.profile_table AND t.profile = k.profile
) >= k.day IS NOT TRUE
ON CONFLICT (tenant, person, profile_table, profile) DO UPDATE SET day = excluded.day
WHERE o.day < excluded.day
