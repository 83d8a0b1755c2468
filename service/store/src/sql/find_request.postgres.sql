-- find_request
SELECT q.method, q.content_hash, q.outcomes FROM request AS q WHERE q.tenant = $1 AND q.request_id = $2
