-- The first wrong row of each stream: stream, stream_id, position, event_id, kind.
-- It is the one with the lowest position, because a row after a wrong row cannot be right.
WITH chained AS (
    SELECT e.id, e.stream, e.stream_id, e.position, e.previous, e.digest,
           adminmoves_event_digest(e) AS true_digest,
           h.count AS head_count, h.digest AS head_digest,
           count(*) OVER (PARTITION BY e.stream, e.stream_id) AS stored,
           lag(e.position, 1, 0::bigint) OVER stream AS position_before,
           lag(e.digest, 1, '') OVER stream AS digest_before,
           lag(e.id) OVER stream AS id_before,
           lead(e.id) OVER stream AS id_after
    FROM adminmoves_event e
    LEFT JOIN adminmoves_streamhead h USING (stream, stream_id)
    WINDOW stream AS (PARTITION BY e.stream, e.stream_id ORDER BY e.position)
), judged AS (
    SELECT stream, stream_id, id, position, position_before,
           CASE WHEN head_count IS NULL THEN 'headless'
                WHEN position NOT BETWEEN 1 AND head_count THEN 'inserted'
                WHEN id < id_before OR id > id_after THEN
                    CASE WHEN stored > head_count THEN 'inserted' ELSE 'swapped' END
                WHEN position > position_before + 1 THEN 'removed'
                WHEN digest <> true_digest THEN 'changed'
                WHEN previous <> digest_before THEN 'relinked'
                WHEN position = head_count AND digest <> head_digest THEN 'changed'
           END AS kind
    FROM chained
), missing AS (
    SELECT h.stream, h.stream_id, coalesce(max(e.position), 0) AS last, h.count
    FROM adminmoves_streamhead h
    LEFT JOIN adminmoves_event e USING (stream, stream_id)
    GROUP BY h.id HAVING coalesce(max(e.position), 0) < h.count
), faults AS (
    SELECT stream, stream_id, kind,
           CASE WHEN kind = 'removed' THEN position_before + 1 ELSE position END
               AS position,
           CASE WHEN kind = 'removed' THEN NULL ELSE id END AS event_id
    FROM judged WHERE kind IS NOT NULL
    UNION ALL
    SELECT stream, stream_id,
           CASE WHEN last = 0 THEN 'stream_removed' ELSE 'last_removed' END,
           last + 1, NULL
    FROM missing
    UNION ALL
    SELECT 'move', m.id::text, 'stream_unknown', 1, NULL
    FROM adminmoves_move m
    WHERE NOT EXISTS (SELECT FROM adminmoves_streamhead h
                      WHERE h.stream = 'move' AND h.stream_id = m.id::text)
    UNION ALL
    SELECT 'move', m.id::text, 'untold', h.count + 1, NULL
    FROM adminmoves_move m
    JOIN adminmoves_streamhead h ON h.stream = 'move' AND h.stream_id = m.id::text
    JOIN (
        SELECT DISTINCT ON (stream_id) stream_id, after
        FROM adminmoves_event WHERE stream = 'move' AND after <> ''
        ORDER BY stream_id, position DESC
    ) AS last ON last.stream_id = h.stream_id
    WHERE m.state <> last.after
    UNION ALL
    SELECT e.stream, e.stream_id, 'words', e.position, e.id
    FROM adminmoves_eventwords w JOIN adminmoves_event e ON e.id = w.event_id
    CROSS JOIN LATERAL (
        -- As Python's json writes a flat object with its keys in order.
        SELECT '{' || string_agg(to_json(t.key)::text || ': ' || to_json(t.value)::text,
                                 ', ' ORDER BY t.key COLLATE "C") || '}' AS texts
        FROM jsonb_each_text(w.texts) AS t
    ) AS canonical
    WHERE w.texts <> '{}' AND e.commitment
          <> encode(sha256(convert_to(w.salt || canonical.texts, 'UTF8')), 'hex')
)
SELECT DISTINCT ON (stream, stream_id) stream, stream_id, position, event_id, kind
FROM faults ORDER BY stream, stream_id, position, kind
