-- An administration and its place, if nobody else has it.
SELECT {a}, {c}, {e}
FROM adminmoves_administration a
JOIN adminmoves_bookkeepingconnection c ON c.id = a.connection_id
JOIN adminmoves_environment e ON e.id = a.environment_id
WHERE a.id = %s FOR UPDATE OF a SKIP LOCKED
