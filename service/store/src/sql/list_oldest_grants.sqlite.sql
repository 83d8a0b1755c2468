-- list_oldest_grants
-- Country by country of each profile table, from the one before by the index alone.
WITH RECURSIVE w (profile_table, jurisdiction) AS (
    SELECT
        k.value ->> 0,
        (
            SELECT g.jurisdiction
            FROM granted AS g
            WHERE g.tenant = ?1 AND g.profile_table = k.value ->> 0 AND g.confirmed >= x'00'
            ORDER BY g.jurisdiction
            LIMIT 1
        )
    FROM json_each(?2) AS k
    UNION ALL
    SELECT
        w.profile_table,
        (
            SELECT g.jurisdiction
            FROM granted AS g
            WHERE g.tenant = ?1 AND g.profile_table = w.profile_table AND g.jurisdiction > w.jurisdiction
                AND g.confirmed >= x'00'
            ORDER BY g.jurisdiction
            LIMIT 1
        )
    FROM w
    WHERE w.jurisdiction IS NOT NULL
)
SELECT
    w.profile_table,
    w.jurisdiction,
    (
        SELECT g.confirmed
        FROM granted AS g
        WHERE g.tenant = ?1 AND g.profile_table = w.profile_table AND g.jurisdiction = w.jurisdiction
            AND g.confirmed >= x'00'
        ORDER BY g.confirmed
        LIMIT 1
    ) AS confirmed
FROM w
WHERE w.jurisdiction IS NOT NULL
ORDER BY w.profile_table, w.jurisdiction
