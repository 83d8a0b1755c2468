-- find_record
SELECT r.id, r.leaf, r.salt, r.body, r.effects, l.position, l.chain
FROM record AS r
LEFT JOIN ledger AS l ON l.tenant = r.tenant AND l.record_id = r.id
WHERE r.tenant = $1 AND r.id = $2 AND r.profile_table = $3 AND r.profile = $4
