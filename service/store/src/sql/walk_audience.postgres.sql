-- walk_audience
WITH RECURSIVE w (person, turn) AS (
    SELECT
        LEAST(
            (
                SELECT l.person
                FROM last_open AS l
                WHERE l.tenant = $1 AND l.person >= $2
                ORDER BY l.person
                LIMIT 1
            ),
            (
                SELECT s.person
                FROM send AS s
                WHERE s.tenant = $1 AND s.person >= $2
                ORDER BY s.person
                LIMIT 1
            )
        ),
        1::bigint
    UNION ALL
    SELECT
        LEAST(
            (
                SELECT l.person
                FROM last_open AS l
                WHERE l.tenant = $1 AND l.person > w.person
                ORDER BY l.person
                LIMIT 1
            ),
            (
                SELECT s.person
                FROM send AS s
                WHERE s.tenant = $1 AND s.person > w.person
                ORDER BY s.person
                LIMIT 1
            )
        ),
        w.turn + 1
    FROM w
    WHERE w.person IS NOT NULL AND w.turn < $3
)
SELECT w.person, m.profile, m.day, m.message, m.pixel, m.sent_at
FROM w
LEFT JOIN LATERAL (
    SELECT l.profile, l.day, NULL::text AS message, NULL::bigint AS pixel, NULL::bigint AS sent_at
    FROM last_open AS l
    WHERE l.tenant = $1 AND l.person = w.person AND l.profile_table = $4
    UNION ALL
    SELECT r.profile, NULL, r.message, r.pixel, r.sent_at
    FROM (
        SELECT
            f.profile, f.message, f.pixel, MAX(f.occurred_at) AS sent_at,
            ROW_NUMBER() OVER (PARTITION BY f.profile ORDER BY MAX(f.occurred_at) DESC, f.message) AS turn
        FROM (
            SELECT
                s.profile, s.occurred_at,
                CASE WHEN s.occurred_at >= $5 AND ($6::bigint >> s.pixel) & 1 = 1 THEN s.message END AS message,
                CASE WHEN s.occurred_at >= $5 AND ($6::bigint >> s.pixel) & 1 = 1 THEN s.pixel END::bigint AS pixel
            FROM send AS s
            WHERE s.tenant = $1 AND s.person = w.person AND s.profile_table = $4
        ) AS f
        GROUP BY f.profile, f.message, f.pixel
    ) AS r
    WHERE r.turn <= $7
) AS m ON TRUE
WHERE w.person IS NOT NULL
ORDER BY w.person, m.profile, m.sent_at DESC
