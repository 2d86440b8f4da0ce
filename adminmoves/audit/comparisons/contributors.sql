-- Who worked on a move: by the events, and by the rows that keep them from approving.
WITH acted AS (
    SELECT e.id, e.move_id, e.actor_id AS user_id, p.part, e.administration_id,
           e.code = 'MOVE_SUBMITTED' AS is_submit, e.params
    FROM adminmoves_event e
    JOIN (VALUES ('MOVE_DRAFTED', 'asked'), ('MOVE_EDITED', 'edited'),
                 ('MOVE_SUBMITTED', 'edited'), ('MOVE_REOPENED', 'edited'),
                 ('MOVE_TAKEN_OVER', 'took_over'), ('PROOF_ATTESTED', 'attested'))
        AS p(code, part) ON p.code = e.code
    WHERE e.stream = 'move' AND e.actor_id IS NOT NULL
    UNION ALL
    SELECT e.id, counted.move_id::bigint, e.actor_id, 'counted', e.administration_id,
           false, e.params
    FROM adminmoves_event e
    CROSS JOIN LATERAL jsonb_array_elements_text(e.params -> 'moves')
        AS counted(move_id)
    WHERE e.code = 'DOCUMENTS_RECOUNTED' AND jsonb_typeof(e.params -> 'moves') = 'array'
)
SELECT 'contributor_missing' AS kind, 'adminmoves_contributor' AS "table",
       'move ' || acted.move_id || ', user ' || acted.user_id AS "row",
       acted.id AS event_id
FROM acted
WHERE NOT EXISTS (
    SELECT FROM adminmoves_contributor c
    WHERE c.move_id = acted.move_id AND c.user_id = acted.user_id
      AND c.part = acted.part
      AND (NOT acted.is_submit OR c.revision::text = acted.params ->> 'revision'))
UNION ALL
SELECT 'contributor_untold', 'adminmoves_contributor', c.id::text, NULL
FROM adminmoves_contributor c
WHERE NOT EXISTS (
    SELECT FROM acted
    WHERE acted.move_id = c.move_id AND acted.user_id = c.user_id
      AND acted.part = c.part)
AND NOT (c.part = 'counted' AND EXISTS (
    -- Before the event named the moves.
    SELECT FROM adminmoves_event e
    WHERE e.code = 'DOCUMENTS_RECOUNTED' AND e.actor_id = c.user_id
      AND NOT e.params ? 'moves'))
