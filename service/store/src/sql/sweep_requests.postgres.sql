-- sweep_requests
DELETE FROM request
WHERE tenant = $1
    AND request_id IN (
        SELECT request_id FROM request WHERE tenant = $1 AND created_at < $2 ORDER BY created_at LIMIT $3
    )
