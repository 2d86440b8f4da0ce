-- Who is at a place, with their documents (steps.COUNTED).
SELECT id, documents, documents_unprocessed, documents_awaiting_authorisation
FROM adminmoves_administration
WHERE connection_id = %s AND code_key = %s AND retired_by_id IS NULL
