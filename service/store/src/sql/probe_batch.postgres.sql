-- probe_batch
SELECT recorded_at FROM interaction_pending WHERE tenant = $1 LIMIT 1
