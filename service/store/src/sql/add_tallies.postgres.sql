-- add_tallies
-- Neither side is beyond ±4611686018427387903, so their sum is a number.
INSERT INTO tally AS t (tenant, campaign, day, measure, currency, amount)
SELECT $1, k.campaign, k.day, k.measure::smallint, k.currency, k.amount
FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
    AS k (campaign, currency, day, measure, amount)
ON CONFLICT (tenant, campaign, day, measure, currency) DO UPDATE
SET amount = LEAST(GREATEST(t.amount + excluded.amount, -4611686018427387903), 4611686018427387903)
