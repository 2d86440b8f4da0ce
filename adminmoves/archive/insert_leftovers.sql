-- Every key that the move may have written: a worker that died, or that the store
-- refused, may have written files without a row.
INSERT INTO adminmoves_leftover (clean_up_id, storage_key)
SELECT %(clean_up)s, %(folder)s || '/' || d.id / %(per_folder)s || '/' || d.id
FROM adminmoves_document d WHERE d.administration_id = %(administration)s
