-- raise_oldest
UPDATE feed_head SET oldest_position = ?2
WHERE tenant = ?1 AND oldest_position < ?2
