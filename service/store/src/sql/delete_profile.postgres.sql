-- delete_profile
DELETE FROM profile
WHERE tenant = $1 AND profile_table = $2 AND profile = $3
