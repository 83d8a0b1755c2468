-- walk_audience
WITH RECURSIVE w (person, turn) AS (
    SELECT
        (
            SELECT MIN(n.person)
            FROM (
                SELECT (
                    SELECT l.person
                    FROM last_open AS l
                    WHERE l.tenant = ?1 AND l.person >= ?2
                    ORDER BY l.person
                    LIMIT 1
                ) AS person
                UNION ALL
                SELECT (
                    SELECT s.person
                    FROM send AS s
                    WHERE s.tenant = ?1 AND s.person >= ?2
                    ORDER BY s.person
                    LIMIT 1
                )
            ) AS n
        ),
        1
    UNION ALL
    SELECT
        (
            SELECT MIN(n.person)
            FROM (
                SELECT (
                    SELECT l.person
                    FROM last_open AS l
                    WHERE l.tenant = ?1 AND l.person > w.person
                    ORDER BY l.person
                    LIMIT 1
                ) AS person
                UNION ALL
                SELECT (
                    SELECT s.person
                    FROM send AS s
                    WHERE s.tenant = ?1 AND s.person > w.person
                    ORDER BY s.person
                    LIMIT 1
                )
            ) AS n
        ),
        w.turn + 1
    FROM w
    WHERE w.person IS NOT NULL AND w.turn < ?3
)
SELECT w.person, NULL AS profile, NULL AS day, NULL AS message, NULL AS pixel, NULL AS sent_at
FROM w
WHERE w.person IS NOT NULL
UNION ALL
SELECT w.person, l.profile, l.day, NULL, NULL, NULL
FROM w
CROSS JOIN last_open AS l ON l.tenant = ?1 AND l.person = w.person AND l.profile_table = ?4
UNION ALL
SELECT r.person, r.profile, NULL, r.message, r.pixel, r.sent_at
FROM (
    SELECT
        f.person, f.profile, f.message, f.pixel, MAX(f.occurred_at) AS sent_at,
        ROW_NUMBER() OVER (
            PARTITION BY f.person, f.profile ORDER BY MAX(f.occurred_at) DESC, f.message
        ) AS turn
    FROM (
        SELECT
            w.person, s.profile, s.occurred_at,
            CASE WHEN s.occurred_at >= ?5 AND (?6 >> s.pixel) & 1 = 1 THEN s.message END AS message,
            CASE WHEN s.occurred_at >= ?5 AND (?6 >> s.pixel) & 1 = 1 THEN s.pixel END AS pixel
        FROM w
        CROSS JOIN send AS s ON s.tenant = ?1 AND s.person = w.person
        WHERE s.profile_table = ?4
    ) AS f
    GROUP BY f.person, f.profile, f.message, f.pixel
) AS r
WHERE r.turn <= ?7
ORDER BY 1, 2, 6 DESC
