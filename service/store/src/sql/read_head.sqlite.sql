-- read_head
SELECT incarnation, position, chain, updated_at FROM feed_head WHERE tenant = ?1
