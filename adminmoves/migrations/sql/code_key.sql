-- How two codes of one package are compared. Exact Online's codes are numbers,
-- so that leading zeros say nothing there; elsewhere 001 and 1 are two codes.
CREATE FUNCTION adminmoves_code_key(package text, code text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN package = 'EXACT_ONLINE' AND btrim(code) <> ''
        THEN coalesce(nullif(ltrim(upper(normalize(btrim(code), NFKC)), '0'), ''), '0')
        ELSE upper(normalize(btrim(code), NFKC))
    END
$$;
