-- find_sends
SELECT
    k.value ->> 0 AS place, k.value ->> 1 AS sort, s.message, s.pixel, s.links, MIN(s.occurred_at) AS first_at,
    MAX(s.occurred_at) AS last_at
FROM json_each(?2) AS k
CROSS JOIN send AS s ON s.tenant = ?1 AND s.person = k.value ->> 2 AND s.message = k.value ->> 4
WHERE k.value ->> 1 <= 1 AND s.occurred_at <= k.value ->> 3 AND s.profile_table = k.value ->> 5
    AND s.profile = k.value ->> 6
GROUP BY k.value ->> 0, k.value ->> 1, s.message, s.pixel, s.links
UNION ALL
SELECT
    k.value ->> 0 AS place, k.value ->> 1 AS sort, s.message, s.pixel, s.links, MIN(s.occurred_at) AS first_at,
    MAX(s.occurred_at) AS last_at
FROM json_each(?2) AS k
CROSS JOIN send AS s ON s.tenant = ?1 AND s.person = k.value ->> 2
CROSS JOIN declaration AS m ON m.tenant = ?1 AND m.kind = 'message' AND m.id = s.message
LEFT JOIN declaration AS c ON c.tenant = ?1 AND c.kind = 'campaign' AND c.id = m.campaign
WHERE k.value ->> 1 >= 2 AND s.occurred_at <= k.value ->> 3 AND s.profile_table = k.value ->> 5
    AND s.profile = k.value ->> 6
    AND CASE k.value ->> 1
        WHEN 2 THEN m.campaign = k.value ->> 4
        WHEN 3 THEN m.website = k.value ->> 4 OR c.website = k.value ->> 4
    END
GROUP BY k.value ->> 0, k.value ->> 1, s.message, s.pixel, s.links
