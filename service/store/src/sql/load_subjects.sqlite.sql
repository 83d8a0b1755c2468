-- load_subjects
SELECT k.key AS place, COALESCE(p.version, t.version) AS version,
    COALESCE(p.last_recorded_at, t.erased_at) AS last_recorded_at, COALESCE(p.erased_at, t.erased_at) AS erased_at,
    p.history
FROM json_each(?2) AS k
LEFT JOIN profile AS p ON p.tenant = ?1 AND p.profile_table = k.value ->> 0 AND p.profile = k.value ->> 1
LEFT JOIN tombstone AS t ON t.tenant = ?1 AND t.mark = unhex(k.value ->> 2)
WHERE p.version IS NOT NULL OR t.version IS NOT NULL
