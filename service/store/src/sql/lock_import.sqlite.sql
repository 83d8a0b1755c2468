-- lock_import
SELECT i.header_hash, i.chunk, i.line, i.begun_hash, i.begun_report, i.totals
FROM import AS i
WHERE i.tenant = ?1 AND i.import_id = ?2
