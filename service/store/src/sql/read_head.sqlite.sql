-- read_head
SELECT incarnation, position, chain, recorded_up_to, updated_at, oldest_position FROM feed_head WHERE tenant = ?1
