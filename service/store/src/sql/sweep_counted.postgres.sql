-- sweep_counted
DELETE FROM counted
WHERE tenant = $1
    AND mark IN (SELECT c.mark FROM counted AS c WHERE c.tenant = $1 AND c.day < $2 ORDER BY c.day LIMIT $3)
