-- insert_pending
INSERT INTO pending (tenant, hlc, record_id, recorded_at, leaf)
SELECT $1, k.*
FROM unnest($2::bigint[], $3::bytea[], $4::bigint[], $5::bytea[]) AS k
