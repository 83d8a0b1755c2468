-- probe_pending
SELECT hlc FROM pending WHERE tenant = $1 LIMIT 1
