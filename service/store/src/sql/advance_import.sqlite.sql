-- advance_import
UPDATE import
SET chunk = ?3, line = ?4, begun_hash = ?5, begun_report = ?6, totals = ?7, touched_at = ?8
WHERE tenant = ?1 AND import_id = ?2
