-- The number of a move's next attempt, and the moment at which it begins.
SELECT count(*) + 1 AS number, clock_timestamp() AS now
FROM adminmoves_attempt WHERE move_id = %s
