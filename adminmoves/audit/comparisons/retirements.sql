-- Each retirement and each bringing back: what was asked, by whom and why, and what was
-- decided; and whether an administration is in use as its last decision says.
WITH recorded AS (
    SELECT e.id, e.stream_id, e.actor_id, e.at, w.texts,
           (e.params ->> 'retirement')::bigint AS retirement,
           CASE WHEN e.code IN ('RETIREMENT_ASKED', 'ADMINISTRATION_RETIRED',
                                'RETIREMENT_DECLINED', 'RETIREMENT_WITHDRAWN')
                THEN 'RETIRE' ELSE 'BRING_BACK' END AS kind,
           CASE WHEN e.code IN ('RETIREMENT_ASKED', 'BRINGING_BACK_ASKED') THEN ''
                WHEN e.code IN ('ADMINISTRATION_RETIRED', 'ADMINISTRATION_BACK')
                THEN 'APPROVED'
                WHEN e.code IN ('RETIREMENT_DECLINED', 'BRINGING_BACK_DECLINED')
                THEN 'DECLINED' ELSE 'WITHDRAWN' END AS outcome
    FROM adminmoves_event e
    LEFT JOIN adminmoves_eventwords w ON w.event_id = e.id
    WHERE e.stream = 'administration'
      AND e.code IN ('RETIREMENT_ASKED', 'ADMINISTRATION_RETIRED', 'RETIREMENT_DECLINED',
                     'RETIREMENT_WITHDRAWN', 'BRINGING_BACK_ASKED', 'ADMINISTRATION_BACK',
                     'BRINGING_BACK_DECLINED', 'BRINGING_BACK_WITHDRAWN')
), asked AS (
    SELECT r.*, a.public_id FROM adminmoves_retirement r
    JOIN adminmoves_administration a ON a.id = r.administration_id
), decided AS (
    SELECT DISTINCT ON (stream_id) stream_id, id, retirement, kind
    FROM recorded WHERE outcome = 'APPROVED' ORDER BY stream_id, retirement DESC, id DESC
)
SELECT 'retirement_missing' AS kind, 'adminmoves_retirement' AS "table",
       recorded.retirement::text AS "row", recorded.id AS event_id
FROM recorded LEFT JOIN asked ON asked.id = recorded.retirement
WHERE asked.id IS NULL
UNION ALL
SELECT 'retirement_untold', 'adminmoves_retirement', asked.id::text, NULL
FROM asked LEFT JOIN recorded
    ON recorded.retirement = asked.id AND recorded.outcome = '' AND recorded.stream_id = asked.public_id
    AND recorded.kind = asked.kind
WHERE recorded.id IS NULL
UNION ALL
SELECT 'requester', 'adminmoves_retirement', asked.id::text, recorded.id
FROM asked JOIN recorded ON recorded.retirement = asked.id AND recorded.outcome = ''
WHERE asked.requested_by_id IS DISTINCT FROM recorded.actor_id
UNION ALL
SELECT 'created_at', 'adminmoves_retirement', asked.id::text, recorded.id
FROM asked JOIN recorded ON recorded.retirement = asked.id AND recorded.outcome = ''
WHERE abs(extract(epoch FROM recorded.at - asked.requested_at)) > %(slack)s
UNION ALL
-- Where the words were emptied, nothing is left to compare.
SELECT 'words', 'adminmoves_retirement', asked.id::text, recorded.id
FROM asked JOIN recorded ON recorded.retirement = asked.id AND recorded.outcome = ''
WHERE recorded.texts ->> 'reason' <> asked.reason
UNION ALL
SELECT 'outcome', 'adminmoves_retirement', asked.id::text, recorded.id
FROM asked LEFT JOIN recorded ON recorded.retirement = asked.id AND recorded.outcome <> ''
WHERE asked.outcome <> coalesce(recorded.outcome, '')
UNION ALL
SELECT 'decider', 'adminmoves_retirement', asked.id::text, recorded.id
FROM asked JOIN recorded ON recorded.retirement = asked.id AND recorded.outcome <> ''
WHERE asked.decided_by_id IS DISTINCT FROM recorded.actor_id
   OR abs(extract(epoch FROM recorded.at - asked.decided_at)) > %(slack)s
UNION ALL
SELECT 'retired', 'adminmoves_administration', a.public_id, decided.id
FROM adminmoves_administration a LEFT JOIN decided ON decided.stream_id = a.public_id
WHERE a.retired_by_id IS DISTINCT FROM
      CASE decided.kind WHEN 'RETIRE' THEN decided.retirement END
