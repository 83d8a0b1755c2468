-- redact_record
UPDATE record SET profile = NULL, salt = NULL, body = NULL, effects = NULL
WHERE tenant = $1 AND id = $2
