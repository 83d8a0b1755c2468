-- What a thousand wait blocks look for: of each person the first click in the message within the window.
\set turn random(0, :turns - 1)
\set window random(0, :windows - 1)
SELECT k.profile, i.interaction_id, i.occurred_at
FROM asked AS a
CROSS JOIN LATERAL unnest(a.people, a.profiles) AS k (person, profile)
CROSS JOIN LATERAL (
    SELECT i.interaction_id, i.occurred_at
    FROM interaction AS i
    WHERE i.tenant = 'bench' AND i.person = k.person AND i.kind <> 6
        AND i.occurred_at >= :from::bigint + :window * :apart::bigint
        AND i.occurred_at < :from::bigint + :window * :apart::bigint + :long::bigint
        AND i.profile_table = 'people' AND i.profile = k.profile
        AND i.kind = 2 AND i.automated = 0 AND i.message = 'm' || :window::text
    ORDER BY i.occurred_at
    LIMIT 1
) AS i
WHERE a.turn = :turn;
