-- advance_head
UPDATE feed_head SET position = ?2, chain = ?3, recorded_up_to = ?4, updated_at = ?5
WHERE tenant = ?1
