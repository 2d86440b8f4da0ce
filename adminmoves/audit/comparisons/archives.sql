-- An archive that moved, as the run read it back: how many documents, and their checksums.
WITH last AS (
    SELECT DISTINCT ON (e.administration_id) e.administration_id, e.id, e.at,
           e.params -> 'archive' AS figures
    FROM adminmoves_event e
    WHERE e.stream = 'move' AND e.code = 'MOVE_COMPLETED' AND e.params ? 'archive'
    ORDER BY e.administration_id, e.id DESC
), now AS (
    SELECT last.administration_id, last.id, last.figures, count(d.id) AS documents,
           encode(sha256(coalesce(string_agg(d.sha256, '' ORDER BY d.id), '')::bytea),
                  'hex') AS digest
    FROM last LEFT JOIN adminmoves_document d
        ON d.administration_id = last.administration_id AND d.received_at <= last.at
    GROUP BY last.administration_id, last.id, last.figures
)
SELECT 'archive' AS kind, 'adminmoves_administration' AS "table",
       a.public_id AS "row", now.id AS event_id
FROM now JOIN adminmoves_administration a ON a.id = now.administration_id
WHERE now.documents::text <> now.figures ->> 'documents'
   OR now.digest <> now.figures ->> 'digest'
