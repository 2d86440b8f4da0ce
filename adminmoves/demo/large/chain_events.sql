-- The events at one position, each chained to the one before it in its stream.
UPDATE past SET previous = p.digest,
    digest = adminmoves_event_digest(jsonb_populate_record(
        ROW(past.*)::adminmoves_event, jsonb_build_object('previous', p.digest)))
FROM past p
WHERE past.position = %s AND p.position = past.position - 1
  AND p.stream = past.stream AND p.stream_id = past.stream_id
