-- insert_ledger
INSERT INTO ledger (tenant, position, record_id, chain, recorded_up_to)
SELECT ?1, k.value ->> 0, unhex(k.value ->> 1), unhex(k.value ->> 2), k.value ->> 3
FROM json_each(?2) AS k
