-- find_record
-- Looked up by its whole key: without the LIMIT, a planner that has no figures of the table yet may walk all records of the
-- person.
SELECT r.id, r.leaf, r.salt, r.body, r.effects, l.position, l.chain
FROM (SELECT k.* FROM record AS k WHERE k.tenant = $1 AND k.id = $2 LIMIT 1) AS r
LEFT JOIN ledger AS l ON l.tenant = r.tenant AND l.record_id = r.id
WHERE r.profile_table = $3 AND r.profile = $4
