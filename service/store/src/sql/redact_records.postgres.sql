-- redact_records
UPDATE record AS r SET profile = NULL, salt = NULL, body = NULL, effects = NULL
FROM unnest($2::bytea[]) AS k (id)
WHERE r.tenant = $1 AND r.id = k.id AND r.body IS NOT NULL
