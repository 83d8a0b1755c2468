-- advance_batch_head
UPDATE interaction_head SET position = ?2, updated_at = ?3
WHERE tenant = ?1
