-- read_batch_position
SELECT batch_id FROM interaction_feed WHERE tenant = ?1 AND position = ?2
