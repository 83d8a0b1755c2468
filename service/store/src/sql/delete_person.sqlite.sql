-- delete_person
-- What occurred before ?4 or was recorded before ?5, of one person; the last-open day whenever it was. Sends are found by the person, their rows by the sends.
DELETE FROM interaction
WHERE tenant = ?1
    AND (interaction_id, occurred_at) IN (
        SELECT s.interaction_id, s.occurred_at
        FROM send AS s
        WHERE s.tenant = ?1 AND s.person = ?6 AND s.profile_table = ?2 AND s.profile = ?3
    )
    AND (occurred_at < ?4 OR recorded_at < ?5);
DELETE FROM send
WHERE tenant = ?1 AND person = ?6 AND profile_table = ?2 AND profile = ?3
    AND NOT EXISTS (
        SELECT 1 FROM interaction AS i
        WHERE i.tenant = ?1 AND i.interaction_id = send.interaction_id AND i.occurred_at = send.occurred_at
    );
DELETE FROM interaction
WHERE tenant = ?1 AND person = ?6 AND kind <> 6 AND profile_table = ?2 AND profile = ?3
    AND (occurred_at < ?4 OR recorded_at < ?5);
DELETE FROM last_open
WHERE tenant = ?1 AND person = ?6 AND profile_table = ?2 AND profile = ?3;
DELETE FROM removal
WHERE tenant = ?1 AND person = ?6 AND profile_table = ?2 AND profile = ?3 AND effective_at < ?4;
DELETE FROM last_device
WHERE tenant = ?1 AND profile_table = ?2 AND profile = ?3 AND occurred_at < ?4
