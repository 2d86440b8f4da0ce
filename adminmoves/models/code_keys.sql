-- The keys of codes, each with its package, in their order.
SELECT adminmoves_code_key(package, code)
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS pairs (package, code, position)
ORDER BY position
