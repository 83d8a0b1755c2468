-- list_feeds
SELECT tenant FROM feed_head ORDER BY tenant
