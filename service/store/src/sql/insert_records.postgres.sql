-- insert_records
INSERT INTO record
    (tenant, id, profile_table, profile, profile_version, recorded_at, hlc, leaf, salt, body, effects)
SELECT $1, k.*
FROM unnest(
    $2::bytea[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bytea[], $9::bytea[],
    $10::bytea[], $11::bytea[]
) AS k
