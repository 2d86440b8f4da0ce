-- Ids in the order of the moments, and the first event of each stream.
CREATE TEMPORARY TABLE numbers ON COMMIT DROP AS
SELECT id AS first_id,
       (SELECT coalesce(max(id), 0) FROM adminmoves_event)
       + row_number() OVER (ORDER BY at, stream, stream_id, position) AS id
FROM past;
UPDATE past_words w SET event_id = n.id FROM numbers n WHERE n.first_id = w.event_id;
UPDATE past SET id = n.id FROM numbers n WHERE n.first_id = past.id;
ANALYZE past;
UPDATE past SET digest = adminmoves_event_digest(ROW(past.*)::adminmoves_event)
WHERE position = 1;
