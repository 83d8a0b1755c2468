-- forget_named
UPDATE tombstone SET record_id = NULL, forget_at = NULL
WHERE tenant = $1 AND mark = $2 AND record_id = $3 AND forget_at <= $4
