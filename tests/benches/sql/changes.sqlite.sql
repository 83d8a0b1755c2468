-- The positions :first to :last: each a copy of one of the first :made, which the service wrote.
INSERT INTO record
    (tenant, id, profile_table, profile, profile_version, recorded_at, hlc, leaf, salt, body, effects)
SELECT r.tenant, CAST(unhex(printf('%016x', n.position)) || substr(r.id, 9) AS BLOB), r.profile_table, r.profile, n.position + 1000,
    r.recorded_at, r.hlc, r.leaf, r.salt, r.body, r.effects
FROM (
    WITH RECURSIVE counted (position) AS (SELECT :first UNION ALL SELECT position + 1 FROM counted WHERE position < :last)
    SELECT position FROM counted
) AS n
CROSS JOIN ledger AS t ON t.tenant = 'bench' AND t.position = (n.position - 1) % :made + 1
CROSS JOIN record AS r ON r.tenant = t.tenant AND r.id = t.record_id;
INSERT INTO ledger (tenant, position, record_id, chain, recorded_up_to)
SELECT t.tenant, n.position, CAST(unhex(printf('%016x', n.position)) || substr(t.record_id, 9) AS BLOB), t.chain, t.recorded_up_to
FROM (
    WITH RECURSIVE counted (position) AS (SELECT :first UNION ALL SELECT position + 1 FROM counted WHERE position < :last)
    SELECT position FROM counted
) AS n
CROSS JOIN ledger AS t ON t.tenant = 'bench' AND t.position = (n.position - 1) % :made + 1;
UPDATE feed_head SET position = :last, chain = (SELECT chain FROM ledger WHERE tenant = 'bench' AND position = :last)
WHERE tenant = 'bench';
