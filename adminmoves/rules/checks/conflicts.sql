-- What each place conflicts with, by kind (most places have none); the severities that
-- were set; and the profiles of the packages. One row.
SELECT (
SELECT coalesce(json_agg(item), '[]') FROM (
SELECT place.move AS wanting, near.*
FROM jsonb_to_recordset(%(places)s) AS place (administration bigint, move bigint,
    from_connection bigint, from_key text, connection bigint, environment bigint,
    key text, name text, address text)
CROSS JOIN LATERAL (
    SELECT 'other_move' AS kind, '' AS name, '' AS code, '' AS page, id, created_at
        FROM adminmoves_move
        WHERE administration_id = place.administration AND id <> place.move
          AND state IN %(open)s
    UNION ALL SELECT 'rival', '', '', '', id, created_at FROM adminmoves_move
        WHERE to_connection_id = place.connection AND to_code_key = place.key
          AND id <> place.move AND state IN %(open)s
    UNION ALL SELECT 'holder', name, code, public_id, NULL, NULL
        FROM adminmoves_administration
        WHERE connection_id = place.connection AND code_key = place.key
          AND id <> place.administration AND retired_by_id IS NULL
    UNION ALL SELECT 'twin', '', '', '', NULL, NULL FROM adminmoves_administration
        WHERE environment_id = place.environment AND code_key = place.key
          AND name = place.name AND id <> place.administration
          AND connection_id <> place.connection AND retired_by_id IS NULL
    UNION ALL SELECT 'held', name, code, public_id, NULL, NULL
        FROM adminmoves_administration
        WHERE mail_address = place.address AND id <> place.administration
          AND retired_by_id IS NULL
    -- What was retired gives its address away; suppliers may still send to it.
    UNION ALL SELECT 'inherited', '', '', '', NULL, NULL
        FROM adminmoves_administration
        WHERE mail_address = place.address AND id <> place.administration
          AND retired_by_id IS NOT NULL
    UNION ALL (SELECT 'wanted', '', '', '', id, created_at FROM adminmoves_move
        WHERE to_address = place.address AND administration_id <> place.administration
          AND state IN %(open)s ORDER BY id DESC LIMIT 1)
    UNION ALL SELECT CASE WHEN before.environment_id = place.environment
                           AND before.code_key = place.key
                          THEN 'inherited' ELSE 'kept' END, '', '', '', NULL, NULL
        FROM adminmoves_formerplace AS before
        WHERE before.mail_address = place.address
          AND before.administration_id <> place.administration
          AND NOT EXISTS (SELECT FROM adminmoves_formerplace
                          WHERE mail_address = place.address
                            AND administration_id = place.administration)
) AS near) AS item) AS conflicts,
    (SELECT coalesce(json_agg(item), '[]')
     FROM (SELECT move_type, check_code, severity
           FROM adminmoves_checkseverity) AS item) AS severities,
    (SELECT coalesce(json_agg(profile), '[]')
     FROM adminmoves_packageprofile AS profile) AS profiles
