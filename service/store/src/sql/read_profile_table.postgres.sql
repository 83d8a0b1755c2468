-- read_profile_table
SELECT t.version, t.body, t.recorded_at FROM profile_table AS t WHERE t.tenant = $1 AND t.id = $2
