-- open_batch_feed
INSERT INTO interaction_head (tenant, incarnation, position, oldest_position, updated_at)
VALUES ($1, $2, 0, 1, $3)
ON CONFLICT DO NOTHING
