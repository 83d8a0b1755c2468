-- lock_head
SELECT position FROM feed_head WHERE tenant = ?1
