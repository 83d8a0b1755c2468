-- Questions about everybody once, a thousand people each, spread over all.
CREATE TABLE asked AS
SELECT p.number % :turns AS turn, array_agg(p.person) AS people, array_agg(p.profile) AS profiles
FROM bench_person AS p
WHERE p.number < 1000 * :turns
GROUP BY p.number % :turns;
ALTER TABLE asked ADD PRIMARY KEY (turn);
