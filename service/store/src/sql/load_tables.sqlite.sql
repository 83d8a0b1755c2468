-- load_tables
SELECT t.id, t.version, t.body, t.recorded_at
FROM json_each(?2) AS k
CROSS JOIN profile_table AS t ON t.tenant = ?1 AND t.id = k.value ->> 0
