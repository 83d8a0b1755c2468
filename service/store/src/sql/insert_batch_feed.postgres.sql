-- insert_batch_feed
INSERT INTO interaction_feed (tenant, position, batch_id, recorded_at)
SELECT $1, k.*
FROM unnest($2::bigint[], $3::bytea[], $4::bigint[]) AS k
