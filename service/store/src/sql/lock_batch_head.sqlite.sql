-- lock_batch_head
SELECT position, oldest_position FROM interaction_head WHERE tenant = ?1
