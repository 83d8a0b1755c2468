-- insert_batch
INSERT INTO interaction_batch (tenant, batch_id, recorded_at, keys) VALUES ($1, $2, $3, $4)
