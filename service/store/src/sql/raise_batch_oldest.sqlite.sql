-- raise_batch_oldest
UPDATE interaction_head SET oldest_position = ?2, updated_at = ?3
WHERE tenant = ?1
