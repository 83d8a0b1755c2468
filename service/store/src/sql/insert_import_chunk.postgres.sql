-- insert_import_chunk
INSERT INTO import_chunk (tenant, import_id, number, content_hash, report)
VALUES ($1, $2, $3, $4, $5)
