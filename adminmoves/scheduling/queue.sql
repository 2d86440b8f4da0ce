-- The queue of some offices, as far as some moves are concerned: one statement, so that a
-- list costs one query, whatever its rows show. One row; times.sql
-- stands in it.
SELECT coalesce(nullif(btrim(by.first_name || ' ' || by.last_name), ''), by.username)
           AS paused_by,
       switch.reason AS why, switch.paused_at,
       NOT EXISTS (SELECT FROM adminmoves_workerbeat
                   WHERE kind IN ('WORKER', 'BOTH')
                     AND seen_at >= statement_timestamp() - %(unheard)s) AS is_alone,
       times.hours, times.freezes,
       (SELECT coalesce(json_agg(item), '[]')
        FROM (SELECT id, from_environment_id AS office,
                     to_environment_id AS other_office, outside_windows
              FROM adminmoves_move
              WHERE state = 'APPROVED' AND from_environment_id = ANY(%(offices)s)
                AND (not_before IS NULL OR not_before <= %(now)s)
              ORDER BY urgent DESC, approved_at, id LIMIT %(counted)s) AS item) AS line,
       (SELECT coalesce(json_agg(item), '[]')
        FROM (SELECT move_type,
                     coalesce((SELECT documents FROM adminmoves_attempt
                               WHERE move_id = past.id AND outcome = 'COMPLETED'
                               LIMIT 1), 0) AS documents,
                     extract(epoch FROM started_at - greatest(approved_at, not_before))
                         AS waited,
                     extract(epoch FROM ended_at - started_at) AS ran
              FROM (SELECT id, move_type, approved_at, not_before, started_at, ended_at
                    FROM adminmoves_move
                    WHERE state = 'COMPLETED' AND ended_at IS NOT NULL
                    ORDER BY ended_at DESC LIMIT %(looked_at)s) AS past) AS item) AS past,
       (SELECT coalesce(json_agg(item), '[]')
        FROM (SELECT move_id, started_at, documents, size, copied_size,
                     (SELECT count(*) FROM adminmoves_effect
                      WHERE attempt_id = run.id AND NOT undone) AS done
              FROM adminmoves_attempt AS run
              WHERE ended_at IS NULL AND move_id = ANY(%(running)s)) AS item) AS runs
FROM adminmoves_queueswitch AS switch
CROSS JOIN (
{times}
) AS times
LEFT JOIN auth_user AS by ON by.id = switch.paused_by_id
