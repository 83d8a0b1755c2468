-- load_subjects
SELECT k.place - 1 AS place, COALESCE(p.version, t.version) AS version,
    COALESCE(p.last_recorded_at, t.erased_at) AS last_recorded_at, COALESCE(p.erased_at, t.erased_at) AS erased_at,
    p.history
FROM unnest($2::text[], $3::text[], $4::bytea[]) WITH ORDINALITY AS k (profile_table, profile, mark, place)
LEFT JOIN profile AS p ON p.tenant = $1 AND p.profile_table = k.profile_table AND p.profile = k.profile
LEFT JOIN tombstone AS t ON t.tenant = $1 AND t.mark = k.mark
WHERE p.version IS NOT NULL OR t.version IS NOT NULL
