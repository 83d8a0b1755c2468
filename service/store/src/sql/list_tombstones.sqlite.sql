-- list_tombstones
SELECT tenant, mark, version, hlc, erased_at
FROM tombstone
WHERE (tenant, mark) > (?1, ?2)
ORDER BY tenant, mark
LIMIT ?3
