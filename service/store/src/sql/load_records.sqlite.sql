-- load_records
SELECT r.profile_table, r.profile, r.body
FROM json_each(?2) AS k
CROSS JOIN record AS r ON r.tenant = ?1 AND r.profile_table = k.value ->> 0 AND r.profile = k.value ->> 1
WHERE r.body IS NOT NULL
ORDER BY r.profile_table, r.profile, r.profile_version
