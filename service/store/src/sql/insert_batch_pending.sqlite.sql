-- insert_batch_pending
INSERT INTO interaction_pending (tenant, recorded_at, batch_id) VALUES (?1, ?2, ?3)
