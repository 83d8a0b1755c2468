-- insert_interactions
INSERT INTO interaction (
    tenant, interaction_id, occurred_at, person, kind, automated, amount, pixel, links, reason,
    policy_version, profile_table, profile, message, link, campaign, website, goal, order_id, currency,
    policy, recorded_at
)
SELECT
    ?1, unhex(k.value ->> 0), k.value ->> 1, k.value ->> 2, k.value ->> 3, COALESCE(k.value ->> 4, ?3),
    NULLIF(k.value ->> 5, -9223372036854775808), NULLIF(k.value ->> 6, -9223372036854775808),
    NULLIF(k.value ->> 7, -9223372036854775808), COALESCE(k.value ->> 8, ?4),
    COALESCE(k.value ->> 9, ?5), COALESCE(k.value ->> 10, ?6), k.value ->> 11,
    NULLIF(k.value ->> 12, ''), NULLIF(k.value ->> 13, ''), NULLIF(k.value ->> 14, ''),
    NULLIF(k.value ->> 15, ''), NULLIF(k.value ->> 16, ''), NULLIF(k.value ->> 17, ''),
    NULLIF(k.value ->> 18, ''), COALESCE(k.value ->> 19, ?7), ?2
FROM json_each(?8) AS k
WHERE TRUE
ON CONFLICT (tenant, interaction_id, occurred_at) DO NOTHING
RETURNING interaction_id, occurred_at
