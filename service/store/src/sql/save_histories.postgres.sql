-- save_histories
UPDATE profile AS p SET history = k.history
FROM unnest($2::text[], $3::text[], $4::bytea[]) AS k (profile_table, profile, history)
WHERE p.tenant = $1 AND p.profile_table = k.profile_table AND p.profile = k.profile
