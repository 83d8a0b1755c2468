-- load_overrides
SELECT o.id, o.version, o.body, o.recorded_at
FROM policy_override AS o
WHERE o.tenant = $1
    AND o.version = (SELECT max(n.version) FROM policy_override AS n WHERE n.tenant = $1 AND n.id = o.id)
ORDER BY o.id
