-- insert_request
INSERT INTO request (tenant, request_id, method, content_hash, outcomes, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT DO NOTHING
