-- take_tally_entries
DELETE FROM tally_entry
WHERE tenant = ?1
    AND (campaign, batch_id, day, measure, currency) IN (
        SELECT t.campaign, t.batch_id, t.day, t.measure, t.currency
        FROM tally_entry AS t
        WHERE t.tenant = ?1
        ORDER BY t.campaign, t.batch_id, t.day, t.measure, t.currency
        LIMIT ?2
    )
RETURNING campaign, day, measure, currency, amount
