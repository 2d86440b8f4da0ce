-- Whether the queue is paused, and by whom, as its last event says.
SELECT 'paused' AS kind, 'adminmoves_queueswitch' AS "table", switch.id::text AS "row",
       last.id AS event_id
FROM adminmoves_queueswitch switch
LEFT JOIN LATERAL (
    SELECT e.id, e.actor_id FROM adminmoves_event e
    WHERE e.stream = 'job' AND e.code IN ('QUEUE_PAUSED', 'QUEUE_RESUMED')
    ORDER BY e.position DESC LIMIT 1) AS last ON true
LEFT JOIN adminmoves_event paused ON paused.id = last.id AND paused.code = 'QUEUE_PAUSED'
WHERE switch.paused_by_id IS DISTINCT FROM paused.actor_id
