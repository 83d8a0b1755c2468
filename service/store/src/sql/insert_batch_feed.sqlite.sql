-- insert_batch_feed
INSERT INTO interaction_feed (tenant, position, batch_id, recorded_at)
SELECT ?1, k.value ->> 0, unhex(k.value ->> 1), k.value ->> 2
FROM json_each(?2) AS k
