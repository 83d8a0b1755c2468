-- forget_import
DELETE FROM import
WHERE tenant = $1 AND import_id = $2 AND touched_at < $3
