-- see_batch_heads
SELECT k.value ->> 0 AS tenant, COALESCE(h.position, 0) AS position,
    EXISTS (SELECT 1 FROM interaction_pending AS p WHERE p.tenant = k.value ->> 0) AS waiting
FROM json_each(?1) AS k
LEFT JOIN interaction_head AS h ON h.tenant = k.value ->> 0
