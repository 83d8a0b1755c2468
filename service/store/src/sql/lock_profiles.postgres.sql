-- lock_profiles
WITH locked AS (
    SELECT p.profile_table, p.profile, p.version, p.hlc, p.last_recorded_at, p.erased_at
    FROM (
        SELECT k.profile_table, k.profile
        FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS k (profile_table, profile, place)
        ORDER BY k.place
    ) AS k
    CROSS JOIN LATERAL (
        SELECT p.* FROM profile AS p
        WHERE p.tenant = $1 AND p.profile_table = k.profile_table AND p.profile = k.profile
        LIMIT 1
        FOR UPDATE
    ) AS p
),
made AS (
    INSERT INTO profile (tenant, profile_table, profile, version, hlc, last_recorded_at)
    SELECT $1, k.profile_table, k.profile, 0, 0, 0
    FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS k (profile_table, profile, place)
    ORDER BY k.place
    ON CONFLICT DO NOTHING
    RETURNING profile_table, profile, version, hlc, last_recorded_at, erased_at
)
SELECT l.*, 0::bigint AS made FROM locked AS l
UNION ALL
SELECT m.*, 1::bigint FROM made AS m
