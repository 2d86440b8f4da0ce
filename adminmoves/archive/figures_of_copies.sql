-- The same of the copies of a move, of documents that refer to their copy.
-- OFFSET 0 makes the planner look up each copy by its key, as in refer_to_copies.sql.
SELECT count(*) AS documents, coalesce(sum(copy.size), 0)::bigint AS bytes,
       encode(sha256(coalesce(string_agg(copy.sha256, '' ORDER BY d.id), '')::bytea),
              'hex') AS digest
FROM adminmoves_document d CROSS JOIN LATERAL (
    SELECT c.size, c.sha256 FROM adminmoves_documentcopy c
    WHERE c.move_id = %s AND c.document_id = d.id AND c.storage_key = d.storage_key
    OFFSET 0
) AS copy
WHERE d.administration_id = %s
