-- lock_profiles
SELECT k.value ->> 0 AS profile_table, k.value ->> 1 AS profile, COALESCE(p.version, 0) AS version,
    COALESCE(p.hlc, 0) AS hlc, COALESCE(p.last_recorded_at, 0) AS last_recorded_at, p.erased_at, 0 AS made
FROM json_each(?2) AS k
LEFT JOIN profile AS p ON p.tenant = ?1 AND p.profile_table = k.value ->> 0 AND p.profile = k.value ->> 1
