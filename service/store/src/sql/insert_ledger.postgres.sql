-- insert_ledger
INSERT INTO ledger (tenant, position, record_id, chain, recorded_up_to)
SELECT $1, k.*
FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::bigint[]) AS k
