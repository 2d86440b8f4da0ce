-- A due move with what a start needs of it, if nobody else has it and it is unchanged.
-- An alias in braces is all its columns (cached_sql.fill_columns).
SELECT {m}, {p}, {o}, {c}, {e}
FROM adminmoves_move m
JOIN adminmoves_proof p ON p.id = m.proof_id
JOIN adminmoves_parties o ON o.move_id = m.id
JOIN adminmoves_bookkeepingconnection c ON c.id = m.to_connection_id
JOIN adminmoves_environment e ON e.id = m.to_environment_id
WHERE m.id = %s AND m.revision = %s AND m.state = %s FOR UPDATE OF m SKIP LOCKED
