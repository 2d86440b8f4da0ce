-- Each lent right to approve and each that was taken back: who, to whom, until when.
WITH told AS (
    SELECT e.id, e.code, e.stream_id AS borrower, e.actor_id,
           (e.params ->> 'until')::timestamptz AS ends_at
    FROM adminmoves_event e
    WHERE e.stream = 'person' AND e.code IN ('APPROVAL_LENT', 'LOAN_ENDED')
), held AS (
    SELECT 'APPROVAL_LENT' AS code, 'adminmoves_approvalloan' AS name, loan.id,
           loan.borrower_id::text AS borrower, loan.lender_id AS actor_id, loan.ends_at
    FROM adminmoves_approvalloan loan
    UNION ALL
    SELECT 'LOAN_ENDED', 'adminmoves_loanend', loan.id, loan.borrower_id::text,
           taken.ended_by_id, loan.ends_at
    FROM adminmoves_loanend taken JOIN adminmoves_approvalloan loan
        ON loan.id = taken.loan_id
)
SELECT 'loan_untold' AS kind, held.name AS "table", held.id::text AS "row",
       NULL::bigint AS event_id
FROM held
WHERE NOT EXISTS (SELECT FROM told
                  WHERE (told.code, told.borrower, told.actor_id, told.ends_at)
                        = (held.code, held.borrower, held.actor_id, held.ends_at))
UNION ALL
SELECT 'loan_missing', CASE told.code WHEN 'LOAN_ENDED' THEN 'adminmoves_loanend'
           ELSE 'adminmoves_approvalloan' END, told.borrower, told.id
FROM told
WHERE NOT EXISTS (SELECT FROM held
                  WHERE (told.code, told.borrower, told.actor_id, told.ends_at)
                        = (held.code, held.borrower, held.actor_id, held.ends_at))
