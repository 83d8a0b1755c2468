-- find_sends
WITH k AS MATERIALIZED (
    SELECT *
    FROM unnest(
        $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[]
    ) AS k (place, sort, person, until, target, profile_table, profile)
)
SELECT
    k.place, k.sort, s.message, s.pixel::bigint AS pixel, s.links::bigint AS links,
    MIN(s.occurred_at) AS first_at, MAX(s.occurred_at) AS last_at
FROM k
JOIN send AS s ON s.tenant = $1 AND s.person = k.person AND s.message = k.target
WHERE k.sort <= 1 AND s.occurred_at <= k.until AND s.profile_table = k.profile_table AND s.profile = k.profile
GROUP BY k.place, k.sort, s.message, s.pixel, s.links
UNION ALL
SELECT
    k.place, k.sort, s.message, s.pixel::bigint AS pixel, s.links::bigint AS links,
    MIN(s.occurred_at) AS first_at, MAX(s.occurred_at) AS last_at
FROM k
JOIN send AS s ON s.tenant = $1 AND s.person = k.person
JOIN declaration AS m ON m.tenant = $1 AND m.kind = 'message' AND m.id = s.message
LEFT JOIN declaration AS c ON c.tenant = $1 AND c.kind = 'campaign' AND c.id = m.campaign
WHERE k.sort >= 2 AND s.occurred_at <= k.until AND s.profile_table = k.profile_table AND s.profile = k.profile
    AND CASE k.sort
        WHEN 2 THEN m.campaign = k.target
        WHEN 3 THEN m.website = k.target OR c.website = k.target
    END
GROUP BY k.place, k.sort, s.message, s.pixel, s.links
