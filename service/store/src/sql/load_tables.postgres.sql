-- load_tables
SELECT t.id, t.version, t.body, t.recorded_at
FROM unnest($2::text[]) AS k (id)
JOIN profile_table AS t ON t.tenant = $1 AND t.id = k.id
