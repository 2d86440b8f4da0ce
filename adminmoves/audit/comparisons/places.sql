-- Where an administration is and was: by the rows, and by the moves that completed.
WITH moved AS (
    SELECT e.id, e.move_id, e.administration_id, e.params
    FROM adminmoves_event e WHERE e.code = 'ADMINISTRATION_MOVED'
), last_completed AS (
    SELECT DISTINCT ON (e.administration_id) e.administration_id, e.move_id, e.id
    FROM adminmoves_event e WHERE e.stream = 'move' AND e.code = 'MOVE_COMPLETED'
    ORDER BY e.administration_id, e.id DESC
)
SELECT found.kind, 'adminmoves_formerplace' AS "table",
       coalesce(f.id::text, 'move ' || moved.move_id) AS "row", moved.id AS event_id
FROM adminmoves_formerplace f FULL JOIN moved ON moved.move_id = f.move_id
CROSS JOIN LATERAL (VALUES
    ('former_missing', f.id IS NULL),
    ('former_untold', moved.id IS NULL),
    ('former', f.administration_id <> moved.administration_id
        OR f.code <> moved.params -> 'before' ->> 'code'
        OR f.mail_address <> moved.params -> 'before' ->> 'mail_address'
        OR f.connection_id::text <> moved.params -> 'before' ->> 'connection_id'
        OR f.environment_id::text <> moved.params -> 'before' ->> 'environment_id')
) AS found(kind, differs)
WHERE found.differs
UNION ALL
SELECT 'place', 'adminmoves_administration', a.public_id, last_completed.id
FROM last_completed
JOIN adminmoves_move m ON m.id = last_completed.move_id
JOIN adminmoves_administration a ON a.id = last_completed.administration_id
WHERE (a.connection_id, a.code_key) IS DISTINCT FROM (m.to_connection_id, m.to_code_key)
UNION ALL
SELECT 'move_untold', 'adminmoves_move', m.id::text, e.id
FROM adminmoves_move m
JOIN adminmoves_event e ON e.stream = 'move' AND e.stream_id = m.id::text
    AND e.code = 'MOVE_COMPLETED'
WHERE NOT EXISTS (SELECT FROM moved WHERE moved.move_id = m.id)
