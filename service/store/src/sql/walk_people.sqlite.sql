-- walk_people
SELECT p.profile_table, p.profile
FROM (
    SELECT profile_table, profile
    FROM (
        SELECT profile_table, profile
        FROM profile
        WHERE tenant = ?1 AND (profile_table, profile) > (?2, ?3)
        ORDER BY profile_table, profile
        LIMIT ?4
    )
    UNION
    SELECT profile_table, profile
    FROM (
        SELECT profile_table, profile
        FROM last_device
        WHERE tenant = ?1 AND (profile_table, profile) > (?2, ?3)
        ORDER BY profile_table, profile
        LIMIT ?4
    )
) AS p
ORDER BY p.profile_table, p.profile
LIMIT ?4
