-- list_due_grants
SELECT g.profile, g.confirmed
FROM granted AS g
WHERE g.tenant = $1 AND g.profile_table = $2 AND g.jurisdiction = $3
    AND g.confirmed <= $4 AND (g.confirmed, g.profile) > ($5, $6)
ORDER BY g.confirmed, g.profile
LIMIT $7
