-- finish_deletion
UPDATE tombstone SET delete_at = NULL
WHERE tenant = ?1 AND mark = ?2 AND record_id = ?3 AND delete_at <= ?4
