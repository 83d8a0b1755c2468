-- insert_batch
INSERT INTO interaction_pending (tenant, recorded_at, batch_id) VALUES (?1, ?2, ?3);
INSERT INTO interaction_batch (tenant, batch_id, recorded_at, keys) VALUES (?1, ?3, ?2, ?4)
