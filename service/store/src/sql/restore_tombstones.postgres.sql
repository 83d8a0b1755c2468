-- restore_tombstones
INSERT INTO tombstone (tenant, mark, version, hlc, erased_at)
SELECT $1, k.mark, k.version, k.hlc, k.erased_at
FROM unnest($2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[]) AS k (mark, version, hlc, erased_at)
ORDER BY k.mark
ON CONFLICT (tenant, mark) DO UPDATE SET
    version = GREATEST(tombstone.version, excluded.version),
    hlc = GREATEST(tombstone.hlc, excluded.hlc),
    erased_at = GREATEST(tombstone.erased_at, excluded.erased_at)
