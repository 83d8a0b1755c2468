-- insert_tally_entries
INSERT INTO tally_entry (tenant, campaign, batch_id, day, measure, currency, amount)
SELECT $1, k.campaign, $2, k.day, k.measure::smallint, k.currency, k.amount
FROM unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
    AS k (campaign, currency, day, measure, amount)
