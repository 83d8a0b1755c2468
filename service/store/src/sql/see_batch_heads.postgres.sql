-- see_batch_heads
SELECT k.tenant, COALESCE(h.position, 0) AS position, COALESCE(w.waiting, 0) AS waiting
FROM unnest($1::text[]) AS k (tenant)
LEFT JOIN interaction_head AS h ON h.tenant = k.tenant
LEFT JOIN LATERAL (SELECT 1::bigint AS waiting FROM interaction_pending AS p WHERE p.tenant = k.tenant LIMIT 1) AS w ON TRUE
