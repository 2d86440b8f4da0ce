-- Each attempt and each line of the ledger, and the events of the run.
WITH started AS (
    SELECT e.id, e.move_id, (e.params ->> 'attempt')::int AS number
    FROM adminmoves_event e WHERE e.stream = 'move' AND e.code = 'MOVE_STARTED'
), ended AS (
    SELECT e.id, e.move_id, (e.params ->> 'attempt')::int AS number,
           substr(e.code, 6) AS outcome
    FROM adminmoves_event e
    WHERE e.stream = 'move'
      AND e.code IN ('MOVE_COMPLETED', 'MOVE_FAILED', 'MOVE_STOPPED')
), done AS (
    SELECT e.id, e.move_id, (e.params ->> 'attempt')::int AS number, step.code AS step
    FROM adminmoves_event e
    CROSS JOIN LATERAL jsonb_array_elements_text(e.params -> 'steps') AS step(code)
    WHERE e.stream = 'move' AND e.code = 'RUN_STEPS_DONE'
), ledger AS (
    SELECT f.id, t.move_id, t.number, f.step
    FROM adminmoves_effect f JOIN adminmoves_attempt t ON t.id = f.attempt_id
    WHERE NOT f.undone
)
SELECT CASE WHEN t.id IS NULL THEN 'attempt_missing' ELSE 'attempt_untold' END AS kind,
       'adminmoves_attempt' AS "table",
       coalesce(t.id::text, 'move ' || started.move_id) AS "row", started.id AS event_id
FROM adminmoves_attempt t
FULL JOIN started ON started.move_id = t.move_id AND started.number = t.number
WHERE t.id IS NULL OR started.id IS NULL
UNION ALL
SELECT 'outcome', 'adminmoves_attempt', t.id::text, ended.id
FROM adminmoves_attempt t
LEFT JOIN ended ON ended.move_id = t.move_id AND ended.number = t.number
WHERE t.outcome <> coalesce(ended.outcome, '')
UNION ALL
SELECT CASE WHEN ledger.id IS NULL THEN 'effect_missing' ELSE 'effect_untold' END,
       'adminmoves_effect',
       coalesce(ledger.id::text, 'move ' || done.move_id || ', ' || done.step), done.id
FROM ledger FULL JOIN done USING (move_id, number, step)
-- That all was copied is told by the steps after it, with what they read back.
WHERE ledger.id IS NULL OR done.id IS NULL AND ledger.step <> 'COPY_ARCHIVE'
