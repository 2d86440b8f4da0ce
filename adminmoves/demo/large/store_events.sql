INSERT INTO adminmoves_event SELECT * FROM past ORDER BY id;
INSERT INTO adminmoves_streamhead (stream, stream_id, count, digest)
SELECT DISTINCT ON (stream, stream_id) stream, stream_id, position, digest
FROM past ORDER BY stream, stream_id, position DESC;
INSERT INTO adminmoves_eventwords (event_id, salt, texts)
SELECT event_id, salt, texts FROM past_words ORDER BY event_id;
