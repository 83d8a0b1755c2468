-- fix_messages
INSERT INTO declaration AS d (tenant, kind, id, version, body, fixed_at, recorded_at)
SELECT $1, 'message', k.id, 0, '', $2::bigint, $2::bigint
FROM unnest($3::text[]) WITH ORDINALITY AS k (id, place)
ORDER BY k.place
ON CONFLICT (tenant, kind, id) DO UPDATE SET fixed_at = coalesce(d.fixed_at, excluded.fixed_at)
RETURNING d.id, d.version
