-- list_importers
WITH RECURSIVE importing (tenant) AS (
    SELECT (SELECT min(tenant) FROM import)
    UNION ALL
    SELECT (SELECT min(i.tenant) FROM import AS i WHERE i.tenant > importing.tenant)
    FROM importing
    WHERE importing.tenant IS NOT NULL
)
SELECT tenant FROM importing WHERE tenant IS NOT NULL
