-- open_feed
INSERT INTO feed_head (tenant, incarnation, position, chain, recorded_up_to, updated_at)
VALUES ($1, $2, 0, $3, $4, $5)
ON CONFLICT DO NOTHING
