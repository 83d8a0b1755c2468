-- put_tombstone
INSERT INTO tombstone (tenant, mark, version, hlc, erased_at, record_id, delete_at, forget_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (tenant, mark) DO UPDATE SET
    version = excluded.version,
    hlc = excluded.hlc,
    erased_at = excluded.erased_at,
    record_id = excluded.record_id,
    delete_at = excluded.delete_at,
    forget_at = excluded.forget_at
