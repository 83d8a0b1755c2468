-- delete_batch_pending
-- As delete_pending does.
DELETE FROM interaction_pending
WHERE ctid = ANY (ARRAY(
    SELECT p.ctid
    FROM unnest($2::bigint[], $3::bytea[]) AS k (recorded_at, batch_id)
    CROSS JOIN LATERAL (
        SELECT p.ctid FROM interaction_pending AS p
        WHERE p.tenant = $1 AND p.recorded_at = k.recorded_at AND p.batch_id = k.batch_id
        LIMIT 1
    ) AS p
))
