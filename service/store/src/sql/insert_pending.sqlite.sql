-- insert_pending
INSERT INTO pending (tenant, hlc, record_id, recorded_at, leaf)
SELECT ?1, k.value ->> 0, unhex(k.value ->> 1), k.value ->> 2, unhex(k.value ->> 3)
FROM json_each(?2) AS k
