-- insert_sends
INSERT INTO send
    (tenant, interaction_id, occurred_at, person, pixel, links, message, profile_table, profile)
SELECT $1, k.interaction_id, k.occurred_at, k.person, NULLIF(k.pixel, -9223372036854775808)::smallint,
    NULLIF(k.links, -9223372036854775808)::smallint, k.message, k.profile_table, k.profile
FROM unnest($2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[])
    AS k (interaction_id, occurred_at, person, pixel, links, message, profile_table, profile)
ON CONFLICT DO NOTHING
