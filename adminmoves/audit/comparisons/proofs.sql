-- Each answer and each attestation, and what its event says of it.
WITH given AS (
    SELECT e.*, (e.params ->> 'proof')::bigint AS proof_id, w.texts
    FROM adminmoves_event e
    LEFT JOIN adminmoves_eventwords w ON w.event_id = e.id AND w.texts <> '{}'
    WHERE e.stream = 'move' AND e.code IN ('PROOF_STORED', 'PROOF_ATTESTED')
)
SELECT found.kind, 'adminmoves_proof' AS "table",
       coalesce(p.id, given.proof_id)::text AS "row", given.id AS event_id
FROM adminmoves_proof p
FULL JOIN given ON given.proof_id = p.id
LEFT JOIN adminmoves_evidencefile f ON f.id = p.evidence_id
LEFT JOIN adminmoves_proofwords w ON w.proof_id = p.id
CROSS JOIN LATERAL (VALUES
    ('proof_missing', p.id IS NULL),
    ('proof_untold', given.id IS NULL),
    ('proof', p.move_id <> given.move_id OR p.code <> given.params ->> 'code'
        OR p.verdict <> given.params ->> 'verdict'
        OR (p.kind = 'ATTESTED') <> (given.code = 'PROOF_ATTESTED')
        OR p.overrules_package::text <> given.params ->> 'overrules_package'
        OR p.administration_id <> given.administration_id
        OR p.revision <> coalesce((given.params ->> 'revision')::int, p.revision)),
    ('attester', given.id IS NOT NULL AND p.kind = 'ATTESTED'
        AND p.attested_by_id IS DISTINCT FROM given.actor_id),
    ('moved_on', given.id IS NOT NULL AND p.kind = 'ATTESTED'
        AND p.moved_on::text IS DISTINCT FROM given.params ->> 'moved_on'),
    ('checked_at', CASE
        WHEN given.params ? 'checked_at'
        THEN p.checked_at <> (given.params ->> 'checked_at')::timestamptz
        WHEN p.kind = 'ATTESTED'
        THEN abs(extract(epoch FROM p.checked_at - given.at)) > %(slack)s
        -- A list that was kept may be some hours old.
        ELSE p.checked_at NOT BETWEEN given.at - interval '1 day'
                                  AND given.at + interval '5 minutes' END),
    ('evidence', given.id IS NOT NULL AND p.kind = 'ATTESTED'
        AND f.sha256 IS DISTINCT FROM given.params ->> 'evidence_sha256'),
    ('words', given.texts IS NOT NULL
        AND concat(w.said_by, w.ticket, w.reason) <> ''
        AND (w.said_by, w.ticket, w.reason) IS DISTINCT FROM (
            coalesce(given.texts ->> 'said_by', ''),
            coalesce(given.texts ->> 'ticket', ''),
            coalesce(given.texts ->> 'reason', '')))
) AS found(kind, differs)
WHERE found.differs
