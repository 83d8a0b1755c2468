-- redact_person
UPDATE record SET profile = NULL, salt = NULL, body = NULL, effects = NULL
WHERE tenant = ?1 AND profile_table = ?2 AND profile = ?3
