-- Each document refers to its copy, and the clean-up to its old file.
-- OFFSET 0 makes the planner look up each copy by its key. Without statistics on so new
-- a move it would read all copies for each document.
WITH old AS (
    SELECT d.id, d.storage_key, copy.storage_key AS new_key
    FROM adminmoves_document d CROSS JOIN LATERAL (
        SELECT c.storage_key FROM adminmoves_documentcopy c
        WHERE c.move_id = %(move)s AND c.document_id = d.id OFFSET 0
    ) AS copy
    WHERE d.administration_id = %(administration)s
), moved AS (
    UPDATE adminmoves_document d SET storage_key = old.new_key
    FROM old WHERE d.id = old.id
)
INSERT INTO adminmoves_leftover (clean_up_id, storage_key)
SELECT %(clean_up)s, storage_key FROM old
