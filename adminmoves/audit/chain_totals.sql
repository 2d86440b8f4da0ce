-- How many events and streams there are, and of how many events the words were removed.
SELECT count(*) AS events, count(DISTINCT (e.stream, e.stream_id)) AS streams,
       count(*) FILTER (WHERE e.commitment <> ''
                        AND (w.event_id IS NULL OR w.texts = '{}')) AS emptied
FROM adminmoves_event e LEFT JOIN adminmoves_eventwords w ON w.event_id = e.id
