-- take_tally_entries
-- What another fold has taken is its own.
DELETE FROM tally_entry AS e
USING (
    SELECT t.campaign, t.batch_id, t.day, t.measure, t.currency
    FROM tally_entry AS t
    WHERE t.tenant = $1
    ORDER BY t.campaign, t.batch_id, t.day, t.measure, t.currency
    LIMIT $2
    FOR UPDATE SKIP LOCKED
) AS k
WHERE e.tenant = $1 AND e.campaign = k.campaign AND e.batch_id = k.batch_id AND e.day = k.day
    AND e.measure = k.measure AND e.currency = k.currency
RETURNING e.campaign, e.day, e.measure::bigint AS measure, e.currency, e.amount
