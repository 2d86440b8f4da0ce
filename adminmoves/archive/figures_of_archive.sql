-- Documents, bytes, and one SHA-256 over the checksums of an administration's documents.
SELECT count(*) AS documents, coalesce(sum(d.size), 0)::bigint AS bytes,
       encode(sha256(coalesce(string_agg(d.sha256, '' ORDER BY d.id), '')::bytea),
              'hex') AS digest
FROM adminmoves_document d WHERE d.administration_id = %s
