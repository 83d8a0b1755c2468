-- restore_tombstones
INSERT INTO tombstone (tenant, mark, version, hlc, erased_at)
SELECT ?1, unhex(k.value ->> 0), k.value ->> 1, k.value ->> 2, k.value ->> 3
FROM json_each(?2) AS k
WHERE TRUE
ON CONFLICT (tenant, mark) DO UPDATE SET
    version = max(tombstone.version, excluded.version),
    hlc = max(tombstone.hlc, excluded.hlc),
    erased_at = max(tombstone.erased_at, excluded.erased_at)
