-- read_figures
-- Folded or not, by one snapshot. Day by day: what was counted anonymously (from 41 on), and the days from $3 to $4.
SELECT w.day, w.measure::bigint AS measure, w.currency, LEAST(GREATEST(sum(w.amount), -4611686018427387903), 4611686018427387903)::bigint AS amount
FROM (
    SELECT CASE WHEN t.measure > 40 OR t.day BETWEEN $3 AND $4 THEN t.day END AS day, t.measure, t.currency, t.amount
    FROM tally AS t
    WHERE t.tenant = $1 AND t.campaign = $2
    UNION ALL
    SELECT CASE WHEN e.measure > 40 OR e.day BETWEEN $3 AND $4 THEN e.day END AS day, e.measure, e.currency, e.amount
    FROM tally_entry AS e
    WHERE e.tenant = $1 AND e.campaign = $2
) AS w
GROUP BY w.day, w.measure, w.currency
