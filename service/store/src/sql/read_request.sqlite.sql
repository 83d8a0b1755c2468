-- read_request
SELECT method, content_hash, outcomes FROM request WHERE tenant = ?1 AND request_id = ?2
