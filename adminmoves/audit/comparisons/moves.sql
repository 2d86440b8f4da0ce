-- Of a move: who asked, when it was made, what was submitted, what was approved.
WITH begun AS (
    SELECT e.move_id, e.id, e.at, e.subject FROM adminmoves_event e
    WHERE e.stream = 'move' AND e.code = 'MOVE_DRAFTED'
), asked AS (
    SELECT DISTINCT ON (e.move_id) e.move_id, e.id, e.actor_id
    FROM adminmoves_event e
    WHERE e.stream = 'move' AND e.code IN ('MOVE_DRAFTED', 'MOVE_TAKEN_OVER')
    ORDER BY e.move_id, e.position DESC
), submitted AS (
    SELECT DISTINCT ON (e.move_id) e.*
    FROM adminmoves_event e
    WHERE e.stream = 'move'
      AND e.code IN ('MOVE_SUBMITTED', 'MOVE_REOPENED', 'MOVE_SENT_BACK')
    ORDER BY e.move_id, e.position DESC
), decided AS (
    SELECT DISTINCT ON (e.move_id) e.move_id, e.id, e.code, e.actor_id, e.at, e.params
    FROM adminmoves_event e
    WHERE e.stream = 'move'
      AND e.code IN ('MOVE_APPROVED', 'MOVE_PROOF_EXPIRED', 'MOVE_REAPPROVAL_ASKED')
    ORDER BY e.move_id, e.position DESC
), approved AS (
    SELECT * FROM decided WHERE code = 'MOVE_APPROVED'
), timed AS (
    SELECT DISTINCT ON (e.move_id) e.move_id, e.id, e.params ->> 'not_before' AS moment
    FROM adminmoves_event e
    WHERE e.stream = 'move'
      AND e.code IN ('MOVE_APPROVED', 'MOVE_RESCHEDULED', 'MOVE_RETRIED')
    ORDER BY e.move_id, e.position DESC
), haste AS (
    -- Only what changed is written; an approval that lapsed takes both along.
    SELECT e.move_id, max(e.id) AS id,
           (array_agg((e.params ->> 'urgent')::boolean ORDER BY e.position DESC)
               FILTER (WHERE e.params ? 'urgent' OR lapsed))[1] AS urgent,
           (array_agg((e.params ->> 'outside_windows')::boolean ORDER BY e.position DESC)
               FILTER (WHERE e.params ? 'outside_windows' OR lapsed
                       OR e.code = 'MOVE_RETRIED'))[1] AS outside_windows
    FROM adminmoves_event e
    CROSS JOIN LATERAL (VALUES
        (e.code IN ('MOVE_PROOF_EXPIRED', 'MOVE_REAPPROVAL_ASKED'))) AS ends(lapsed)
    WHERE e.stream = 'move'
      AND (lapsed OR e.code IN ('MOVE_APPROVED', 'MOVE_RESCHEDULED', 'MOVE_RETRIED'))
    GROUP BY e.move_id
), planned AS (
    -- The plan as Python's json writes it with its keys in order.
    SELECT m.id, '{' || (
        SELECT string_agg(
            to_json(fact.key)::text || ': ' || CASE jsonb_typeof(fact.value)
                WHEN 'object' THEN '{' || (
                    SELECT string_agg(
                        to_json(inner_fact.key)::text || ': '
                        || to_json(inner_fact.value)::text,
                        ', ' ORDER BY inner_fact.key COLLATE "C")
                    FROM jsonb_each_text(fact.value) AS inner_fact) || '}'
                ELSE fact.value::text END,
            ', ' ORDER BY fact.key COLLATE "C")
        FROM jsonb_each(m.plan) AS fact) || '}' AS text
    FROM adminmoves_move m WHERE m.plan <> '{}' AND m.plan_hash <> ''
)
SELECT found.kind, 'adminmoves_move' AS "table", m.id::text AS "row", found.event_id
FROM adminmoves_move m
LEFT JOIN begun ON begun.move_id = m.id
LEFT JOIN asked ON asked.move_id = m.id
LEFT JOIN submitted ON submitted.move_id = m.id
    AND submitted.code = 'MOVE_SUBMITTED' AND m.state <> 'DRAFT'
LEFT JOIN decided ON decided.move_id = m.id
LEFT JOIN approved ON approved.move_id = m.id
LEFT JOIN timed ON timed.move_id = m.id
LEFT JOIN haste ON haste.move_id = m.id
LEFT JOIN planned ON planned.id = m.id
LEFT JOIN adminmoves_administration a ON a.id = m.administration_id
CROSS JOIN LATERAL (VALUES
    ('requester', asked.id, m.requested_by_id IS DISTINCT FROM asked.actor_id),
    ('number', begun.id, begun.subject IS DISTINCT FROM 'M-'
        || to_char(m.created_at AT TIME ZONE %(zone)s, 'YYYY') || '-'
        || lpad(m.id::text, greatest(5, length(m.id::text)), '0')),
    ('created_at', begun.id,
        abs(extract(epoch FROM m.created_at - begun.at)) > %(slack)s),
    ('administration', submitted.id,
        submitted.administration_id <> m.administration_id),
    ('wanted', submitted.id,
        submitted.move_type <> m.move_type
        OR submitted.other_environment_id <> m.to_environment_id
        OR coalesce(submitted.params ->> 'to_code', m.to_code) <> m.to_code),
    ('origin', submitted.id,
        submitted.environment_id <> m.from_environment_id
        OR coalesce(submitted.params ->> 'from_code', m.from_code) <> m.from_code),
    ('approver', decided.id, m.approved_by_id IS DISTINCT FROM approved.actor_id),
    ('approved_at', decided.id,
        (m.approved_at IS NULL) <> (approved.at IS NULL)
        OR abs(extract(epoch FROM m.approved_at - approved.at)) > %(slack)s),
    ('not_before', timed.id,
        approved.id IS NOT NULL
        AND m.not_before IS DISTINCT FROM timed.moment::timestamptz),
    ('haste', haste.id,
        (m.urgent, m.outside_windows) IS DISTINCT FROM
        (coalesce(haste.urgent, false), coalesce(haste.outside_windows, false))),
    ('plan_hash', decided.id,
        m.plan_hash <> coalesce(approved.params ->> 'plan_hash', '')),
    ('warnings', approved.id, m.warnings_seen <> approved.params -> 'warnings'),
    ('plan', approved.id,
        encode(sha256(convert_to(planned.text, 'UTF8')), 'hex') <> m.plan_hash),
    ('planned', approved.id, approved.id IS NOT NULL AND (
        m.plan ->> 'type' <> m.move_type
        OR m.plan ->> 'administration' <> a.public_id
        OR m.plan -> 'to' ->> 'code' <> m.to_code
        OR adminmoves_code_key(m.package, m.plan -> 'from' ->> 'code')
           <> adminmoves_code_key(m.package, m.from_code)))
) AS found(kind, event_id, differs)
WHERE found.differs
