-- insert_tally_entries
INSERT INTO tally_entry (tenant, campaign, batch_id, day, measure, currency, amount)
SELECT ?1, k.value ->> 0, ?2, k.value ->> 2, k.value ->> 3, k.value ->> 1, k.value ->> 4
FROM json_each(?3) AS k
