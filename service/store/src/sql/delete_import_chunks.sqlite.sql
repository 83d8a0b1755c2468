-- delete_import_chunks
DELETE FROM import_chunk
WHERE tenant = ?1 AND import_id = ?2
