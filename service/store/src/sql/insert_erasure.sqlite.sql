-- insert_erasure
INSERT INTO record
    (tenant, id, profile_table, profile, profile_version, recorded_at, hlc, leaf, salt, body, effects)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);
INSERT INTO pending (tenant, hlc, record_id, recorded_at, leaf)
VALUES (?1, ?7, ?2, ?6, ?8)
