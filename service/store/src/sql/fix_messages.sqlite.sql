-- fix_messages
INSERT INTO declaration AS d (tenant, kind, id, version, body, fixed_at, recorded_at)
SELECT ?1, 'message', k.value ->> 0, 0, '', ?2, ?2
FROM json_each(?3) AS k
WHERE TRUE
ON CONFLICT (tenant, kind, id) DO UPDATE SET fixed_at = coalesce(d.fixed_at, excluded.fixed_at)
RETURNING id, version
