-- list_removals
SELECT r.record_id, r.series, r.profile_table, r.profile, r.effective_at, r.erases, r.next_at, r.last_at
FROM removal AS r
WHERE r.tenant = ?1 AND r.next_at <= ?2 AND r.next_at >= ?3 AND (r.next_at, r.record_id) > (?3, ?4)
ORDER BY r.next_at, r.record_id
LIMIT ?5
