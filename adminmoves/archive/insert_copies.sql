-- The copies of a chunk; a worker that died may have written some of them.
INSERT INTO adminmoves_documentcopy (move_id, document_id, storage_key, size, sha256)
SELECT %(move)s, d.id, %(folder)s || '/' || d.id / %(per_folder)s || '/' || d.id,
       d.size, d.sha256
FROM adminmoves_document d
WHERE d.administration_id = %(administration)s AND d.id > %(after)s AND d.id <= %(last)s
ON CONFLICT DO NOTHING
