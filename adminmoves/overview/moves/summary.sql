-- All figures of the summary in one statement: seven queries instead of one would take
-- the home list past its limit of 12. Nothing is counted further than CAP + 1.
WITH for_me AS (
    (SELECT m.state_since FROM adminmoves_move m
     WHERE m.state = 'AWAITING_APPROVAL'
       AND NOT EXISTS (SELECT FROM adminmoves_contributor c
                       WHERE c.move_id = m.id AND c.user_id = %(me)s)
     ORDER BY m.state_since LIMIT %(counted)s)
    UNION ALL
    (SELECT r.requested_at FROM adminmoves_retirement r
     WHERE r.outcome = '' AND r.requested_by_id <> %(me)s
     ORDER BY r.requested_at LIMIT %(counted)s)
), sent_back AS (
    SELECT m.state_since FROM adminmoves_move m
    WHERE m.state = 'DRAFT' AND m.has_question AND m.requested_by_id = %(me)s
    ORDER BY m.state_since LIMIT %(counted)s
), waiting AS (
    SELECT state_since FROM for_me WHERE %(approves)s
    UNION ALL
    SELECT state_since FROM sent_back WHERE NOT %(approves)s
), failed AS (
    SELECT m.ended_at FROM adminmoves_move m
    WHERE m.state = 'FAILED'
    ORDER BY m.state_since DESC LIMIT %(counted)s
), days AS (
    -- A count per day, each with its own limit: an index gives it without a sort.
    SELECT place, (
        SELECT count(*) FROM (
            SELECT FROM adminmoves_move m
            WHERE m.state = 'COMPLETED' AND m.ended_at >= began
              AND m.ended_at < began_next LIMIT %(counted)s) AS counted) AS done,
        (SELECT count(*) FROM failed
         WHERE ended_at >= began AND ended_at < began_next) AS failed
    FROM unnest(%(days)s::timestamptz[], %(next_days)s::timestamptz[])
         WITH ORDINALITY AS day (began, began_next, place)
), leads AS (
    SELECT m.ended_at - m.submitted_at AS lead FROM adminmoves_move m
    WHERE m.state = 'COMPLETED' AND m.ended_at >= %(since)s
    ORDER BY m.ended_at DESC LIMIT %(newest)s
), planned AS (
    SELECT m.id, m.created_at, m.not_before, a.name
    FROM adminmoves_move m
    JOIN adminmoves_administration a ON a.id = m.administration_id
    WHERE m.state = 'APPROVED' AND m.not_before > now()
    ORDER BY m.not_before LIMIT 1
)
SELECT (SELECT count(*) FROM waiting) AS waiting,
       (SELECT min(state_since) FROM waiting) AS waiting_since,
       (SELECT count(*) FROM (SELECT FROM adminmoves_move
                              WHERE state = 'IN_DOUBT' LIMIT %(counted)s) AS doubtful)
           AS in_doubt,
       (SELECT count(*) FROM failed) AS failed,
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY lead) FROM leads)
           AS lead_time,
       (SELECT array_agg(done ORDER BY place) FROM days) AS done_per_day,
       (SELECT array_agg(failed ORDER BY place) FROM days) AS failed_per_day,
       (SELECT coalesce(json_agg(item), '[]')
        FROM (SELECT office_code, name FROM adminmoves_environment
              ORDER BY lower(office_code) LIMIT %(offices)s) AS item) AS offices,
       planned.id AS planned_id,
       planned.created_at AS planned_created_at,
       planned.not_before AS planned_not_before,
       planned.name AS planned_name
FROM (SELECT) AS one_row LEFT JOIN planned ON true
