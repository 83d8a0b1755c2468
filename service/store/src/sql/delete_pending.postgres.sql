-- delete_pending
-- Each is found by its whole key: of a table that is known to be empty, as this one mostly is, a join would begin with all that the
-- tenant has. Nobody changes these rows, and who deletes them holds the head.
DELETE FROM pending
WHERE ctid = ANY (ARRAY(
    SELECT p.ctid
    FROM unnest($2::bigint[], $3::bytea[]) AS k (hlc, record_id)
    CROSS JOIN LATERAL (
        SELECT p.ctid FROM pending AS p
        WHERE p.tenant = $1 AND p.hlc = k.hlc AND p.record_id = k.record_id
        LIMIT 1
    ) AS p
))
