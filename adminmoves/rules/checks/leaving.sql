-- Of places where an administration is, or has the address: by which move it leaves, and
-- whether the moves form a ring. Each item as in conflicts.sql.
SELECT coalesce(json_agg(item), '[]') AS leaving FROM (
SELECT place.move AS wanting, near.*
FROM jsonb_to_recordset(%(places)s) AS place (administration bigint, move bigint,
    from_connection bigint, from_key text, connection bigint, environment bigint,
    key text, name text, address text)
CROSS JOIN LATERAL (
    SELECT 'holder' AS kind, there.name, there.code, there.public_id AS page,
            leaving.id, leaving.created_at
        FROM adminmoves_administration AS there
        JOIN adminmoves_move AS leaving
          ON leaving.administration_id = there.id AND leaving.state IN %(open)s
        WHERE there.connection_id = place.connection AND there.code_key = place.key
          AND there.id <> place.administration
    -- Whether the moves ahead lead back to where this administration is now.
    UNION ALL SELECT 'ring', '', '', '', NULL, NULL WHERE EXISTS (
        WITH RECURSIVE ahead (connection, key) AS (
            SELECT place.connection, place.key
            UNION SELECT leaving.to_connection_id, leaving.to_code_key
            FROM ahead
            JOIN adminmoves_administration AS there
              ON there.connection_id = ahead.connection AND there.code_key = ahead.key
            JOIN adminmoves_move AS leaving
              ON leaving.administration_id = there.id AND leaving.state IN %(open)s)
        SELECT FROM ahead
        WHERE connection = place.from_connection AND key = place.from_key)
    -- Who gives up the address and the code that it is made of is on its way out;
    -- where it is at the wanted place itself, the move waits for that anyway.
    UNION ALL SELECT CASE WHEN there.connection_id = place.connection
                          THEN 'given_up' ELSE 'held' END,
            there.name, there.code, there.public_id, leaving.id, leaving.created_at
        FROM adminmoves_administration AS there
        JOIN adminmoves_move AS leaving
          ON leaving.administration_id = there.id AND leaving.state IN %(open)s
        WHERE there.mail_address = place.address AND there.id <> place.administration
          AND there.environment_id = place.environment AND there.code_key = place.key
          AND leaving.to_address <> place.address
) AS near) AS item
