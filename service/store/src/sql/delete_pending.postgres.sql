-- delete_pending
DELETE FROM pending AS p
USING unnest($2::bigint[], $3::bytea[]) AS k (hlc, record_id)
WHERE p.tenant = $1 AND p.hlc = k.hlc AND p.record_id = k.record_id
