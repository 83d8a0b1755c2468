-- find_import_chunk
SELECT c.content_hash, c.report
FROM import_chunk AS c
WHERE c.tenant = $1 AND c.import_id = $2 AND c.number = $3
