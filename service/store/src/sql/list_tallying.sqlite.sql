-- list_tallying
WITH RECURSIVE waiting (tenant) AS (
    SELECT (SELECT min(tenant) FROM tally_entry)
    UNION ALL
    SELECT (SELECT min(p.tenant) FROM tally_entry AS p WHERE p.tenant > waiting.tenant)
    FROM waiting
    WHERE waiting.tenant IS NOT NULL
)
SELECT tenant FROM waiting WHERE tenant IS NOT NULL
