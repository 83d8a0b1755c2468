-- redact_records
UPDATE record SET profile = NULL, salt = NULL, body = NULL, effects = NULL
WHERE tenant = ?1 AND id IN (SELECT unhex(k.value ->> 0) FROM json_each(?2) AS k) AND body IS NOT NULL
