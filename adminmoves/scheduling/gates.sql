-- All that a start waits for, by the clock of the database; times.sql stands in it.
SELECT clock_timestamp() AS now,
       EXISTS (SELECT FROM adminmoves_queueswitch WHERE paused_at IS NOT NULL)
           AS is_paused,
       times.hours, times.freezes
FROM (
{times}
) AS times
