-- Questions about everybody once, a thousand people each, spread over all.
CREATE TABLE asked (turn INTEGER PRIMARY KEY, rows TEXT);
INSERT INTO asked
SELECT p.number % :turns, json_group_array(json_array(p.person, p.profile))
FROM bench_person AS p
WHERE p.number < 1000 * :turns
GROUP BY p.number % :turns;
