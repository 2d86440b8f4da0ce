-- Moments that were stored outside the years that anybody can read: a count has none then, a
-- freeze holds until further notice (one that ended then goes), a plan has no moment, and what was said has no day.
UPDATE adminmoves_administration SET documents_counted_at = NULL
    WHERE closed_by_id IS NULL AND NOT documents_counted_at BETWEEN '1900-01-02' AND '2199-12-30';
DELETE FROM adminmoves_freeze WHERE ends_at <= '1900-01-03';
UPDATE adminmoves_freeze SET ends_at = NULL
    WHERE ends_at > '2199-12-30' OR starts_at > '2199-12-30';
UPDATE adminmoves_freeze SET starts_at = '1900-01-02' WHERE starts_at < '1900-01-02';
UPDATE adminmoves_freeze SET starts_at = '2199-12-30' WHERE starts_at > '2199-12-30';
-- An approved move waits on, until somebody chooses another moment.
UPDATE adminmoves_move SET not_before = CASE WHEN state = 'APPROVED'
        THEN '2199-12-30'::timestamptz END
    WHERE state NOT IN ('COMPLETED', 'REJECTED', 'WITHDRAWN') AND NOT not_before BETWEEN '1900-01-02' AND '2199-12-30';
UPDATE adminmoves_parties SET consent_on = NULL
    WHERE NOT consent_on BETWEEN '1900-01-02' AND '2199-12-30';
UPDATE adminmoves_parties SET moved_on = NULL
    WHERE NOT moved_on BETWEEN '1900-01-02' AND '2199-12-30';
