-- read_head
SELECT incarnation, position, chain, recorded_up_to, updated_at FROM feed_head WHERE tenant = ?1
