-- add_tallies
-- Neither side is beyond ±4611686018427387903, so their sum is a number.
INSERT INTO tally (tenant, campaign, day, measure, currency, amount)
SELECT ?1, k.value ->> 0, k.value ->> 2, k.value ->> 3, k.value ->> 1, k.value ->> 4
FROM json_each(?2) AS k
WHERE TRUE
ON CONFLICT (tenant, campaign, day, measure, currency) DO UPDATE
SET amount = min(max(tally.amount + excluded.amount, -4611686018427387903), 4611686018427387903)
