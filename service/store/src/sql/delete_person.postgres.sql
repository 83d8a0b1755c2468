-- delete_person
-- What occurred before $4 or was recorded before $5, of one person; the last-open day whenever it was. Sends are found by the person, their rows by the sends.
WITH sent AS (
    DELETE FROM send AS s
    WHERE s.tenant = $1 AND s.person = $6 AND s.profile_table = $2 AND s.profile = $3
        AND (s.occurred_at < $4 OR EXISTS (
            SELECT 1 FROM interaction AS i
            WHERE i.tenant = $1 AND i.interaction_id = s.interaction_id AND i.occurred_at = s.occurred_at
                AND i.recorded_at < $5
        ))
    RETURNING s.interaction_id, s.occurred_at
),
sends AS (
    DELETE FROM interaction AS i
    USING sent AS s
    WHERE i.tenant = $1 AND i.interaction_id = s.interaction_id AND i.occurred_at = s.occurred_at
),
behaviour AS (
    DELETE FROM interaction AS i
    WHERE i.tenant = $1 AND i.person = $6 AND i.kind <> 6 AND i.profile_table = $2 AND i.profile = $3
        AND (i.occurred_at < $4 OR i.recorded_at < $5)
),
last_open AS (
    DELETE FROM last_open AS o
    WHERE o.tenant = $1 AND o.person = $6 AND o.profile_table = $2 AND o.profile = $3
),
removals AS (
    DELETE FROM removal AS r
    WHERE r.tenant = $1 AND r.person = $6 AND r.profile_table = $2 AND r.profile = $3 AND r.effective_at < $4
)
DELETE FROM last_device AS d
WHERE d.tenant = $1 AND d.profile_table = $2 AND d.profile = $3 AND d.occurred_at < $4
