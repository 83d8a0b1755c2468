-- read_batch_head
SELECT incarnation, position, oldest_position FROM interaction_head WHERE tenant = $1
