-- delete_feed
DELETE FROM interaction_feed WHERE tenant = ?1 AND position < ?2
