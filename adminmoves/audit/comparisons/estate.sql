-- Each fact of an office, a connection or an administration, and the last event that
-- wrote it. A place as a move wrote it counts like one that an import wrote.
WITH now AS (
    SELECT 'administration' AS stream, a.public_id AS stream_id,
           to_jsonb(a) || jsonb_build_object('connection', c.public_id) AS facts
    FROM adminmoves_administration a
    JOIN adminmoves_bookkeepingconnection c ON c.id = a.connection_id
    UNION ALL
    SELECT 'connection', c.public_id,
           to_jsonb(c) || jsonb_build_object('environment', o.public_id)
    FROM adminmoves_bookkeepingconnection c
    JOIN adminmoves_environment o ON o.id = c.environment_id
    UNION ALL
    SELECT 'environment', o.public_id, to_jsonb(o) FROM adminmoves_environment o
), written AS (
    SELECT e.stream, e.stream_id, e.position, e.id,
           CASE WHEN fact.key = 'connection_id' THEN 'connection' ELSE fact.key END
               AS name,
           CASE WHEN fact.key = 'connection_id' THEN to_jsonb(c.public_id)
                ELSE fact.value END AS value
    FROM adminmoves_event e
    CROSS JOIN LATERAL jsonb_each(e.params -> 'after') AS fact
    LEFT JOIN adminmoves_bookkeepingconnection c
        ON fact.key = 'connection_id' AND c.id::text = fact.value::text
    WHERE e.stream IN ('administration', 'connection', 'environment')
      AND jsonb_typeof(e.params -> 'after') = 'object'
    UNION ALL
    -- Earlier ones did not say when somebody counted: unknown is no difference.
    SELECT e.stream, e.stream_id, e.position, e.id, 'documents_counted_at', NULL
    FROM adminmoves_event e
    WHERE e.code = 'DOCUMENTS_RECOUNTED'
      AND NOT e.params -> 'after' ? 'documents_counted_at'
), last AS (
    SELECT DISTINCT ON (stream, stream_id, name) stream, stream_id, name, value, id
    FROM written ORDER BY stream, stream_id, name, position DESC
), made AS (
    -- Made on the record: what its first event does not name was empty.
    SELECT e.stream, e.stream_id, e.id FROM adminmoves_event e
    WHERE e.stream IN ('administration', 'connection', 'environment')
      AND e.position = 1 AND e.params -> 'before' = '{}'
)
SELECT 'fact ' || last.name AS kind, 'adminmoves_' || CASE now.stream
           WHEN 'connection' THEN 'bookkeepingconnection' ELSE now.stream END AS "table",
       now.stream_id AS "row", last.id AS event_id
FROM now JOIN last USING (stream, stream_id)
WHERE now.facts ? last.name AND last.value IS NOT NULL AND CASE
    WHEN last.name = 'documents_counted_at'
    THEN (now.facts ->> last.name)::timestamptz
         IS DISTINCT FROM (last.value #>> '{}')::timestamptz
    ELSE now.facts -> last.name IS DISTINCT FROM last.value END
UNION ALL
SELECT 'fact ' || fact.key, 'adminmoves_administration', now.stream_id, made.id
FROM now JOIN made USING (stream, stream_id)
CROSS JOIN LATERAL jsonb_each_text(now.facts) AS fact
WHERE now.stream = 'administration'
  AND fact.key IN ('name', 'external_id', 'mail_code', 'mail_address', 'kvk_number',
                   'documents', 'documents_unprocessed',
                   'documents_awaiting_authorisation')
  AND fact.value NOT IN ('', '0')
  AND NOT EXISTS (SELECT FROM last
                  WHERE (last.stream, last.stream_id, last.name)
                        = (now.stream, now.stream_id, fact.key))
UNION ALL
SELECT 'subject_untold', 'adminmoves_administration', now.stream_id, NULL
FROM now
WHERE now.stream = 'administration'
  AND NOT EXISTS (SELECT FROM adminmoves_streamhead h
                  WHERE (h.stream, h.stream_id) = (now.stream, now.stream_id))
