-- list_named
SELECT t.tenant, t.mark, t.record_id, r.profile_table, r.profile
FROM tombstone AS t
LEFT JOIN record AS r ON r.tenant = t.tenant AND r.id = t.record_id
WHERE t.forget_at <= $1 AND t.delete_at IS NULL AND t.record_id IS NOT NULL
ORDER BY t.forget_at
LIMIT $2
