-- find_sends
-- Each person is looked up: without OFFSET, of a table that is known to be empty, a join may begin with all that the tenant has.
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
CROSS JOIN LATERAL (
    SELECT s.* FROM send AS s
    WHERE s.tenant = $1 AND s.person = k.person AND s.message = k.target AND s.occurred_at <= k.until
        AND s.profile_table = k.profile_table AND s.profile = k.profile
    OFFSET 0
) AS s
WHERE k.sort <= 1
GROUP BY k.place, k.sort, s.message, s.pixel, s.links
UNION ALL
SELECT
    k.place, k.sort, s.message, s.pixel::bigint AS pixel, s.links::bigint AS links,
    MIN(s.occurred_at) AS first_at, MAX(s.occurred_at) AS last_at
FROM k
CROSS JOIN LATERAL (
    SELECT s.* FROM send AS s
    WHERE s.tenant = $1 AND s.person = k.person AND s.occurred_at <= k.until
        AND s.profile_table = k.profile_table AND s.profile = k.profile
    OFFSET 0
) AS s
WHERE k.sort >= 2
    AND CASE k.sort
        WHEN 2 THEN k.target = (
            SELECT m.campaign
            FROM declaration AS m
            WHERE m.tenant = $1 AND m.kind = 'message' AND m.id = s.message
        )
        WHEN 3 THEN (
            SELECT m.website = k.target OR k.target = (
                SELECT c.website FROM declaration AS c WHERE c.tenant = $1 AND c.kind = 'campaign' AND c.id = m.campaign
            )
            FROM declaration AS m
            WHERE m.tenant = $1 AND m.kind = 'message' AND m.id = s.message
        )
    END
GROUP BY k.place, k.sort, s.message, s.pixel, s.links
