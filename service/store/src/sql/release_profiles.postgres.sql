-- release_profiles
-- Whoever does it holds their locks.
DELETE FROM profile
WHERE ctid = ANY (ARRAY(
    SELECT p.ctid
    FROM unnest($2::text[], $3::text[]) AS k (profile_table, profile)
    CROSS JOIN LATERAL (
        SELECT p.ctid FROM profile AS p
        WHERE p.tenant = $1 AND p.profile_table = k.profile_table AND p.profile = k.profile AND p.version = 0
        LIMIT 1
    ) AS p
))
