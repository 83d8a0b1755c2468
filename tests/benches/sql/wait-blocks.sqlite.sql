-- What a thousand wait blocks look for: of each person the first click in the message within the window.
REPLACE INTO turn
SELECT 1, abs(random() % t.value), abs(random() % w.value), 0, 0
FROM given AS t JOIN given AS w ON w.name = 'windows'
WHERE t.name = 'turns';
SELECT w.profile, hex((
    SELECT i.interaction_id
    FROM interaction AS i
    WHERE i.tenant = 'bench' AND i.person = w.person AND i.kind <> 6
        AND i.occurred_at >= w.start AND i.occurred_at < w.deadline
        AND i.profile_table = 'people' AND i.profile = w.profile
        AND i.kind = 2 AND i.automated = 0 AND i.message = w.message
    ORDER BY i.occurred_at
    LIMIT 1
))
FROM (
    SELECT k.value ->> 0 AS person, k.value ->> 1 AS profile, 'm' || t.number AS message,
        f.value + t.number * d.value AS start, f.value + t.number * d.value + l.value AS deadline
    FROM turn AS t
    CROSS JOIN given AS f ON f.name = 'from'
    CROSS JOIN given AS d ON d.name = 'apart'
    CROSS JOIN given AS l ON l.name = 'long'
    CROSS JOIN asked AS a ON a.turn = t.turn
    CROSS JOIN json_each(a.rows) AS k
) AS w;
