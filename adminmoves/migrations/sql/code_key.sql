-- How two codes of one package are compared. Exact Online's codes are numbers,
-- so that leading zeros say nothing there; elsewhere 001 and 1 are two codes.
-- A search_path of its own would keep it from becoming part of the statement that calls it,
-- which makes it many times slower. So it is parsed here and now, and each name is qualified.
CREATE FUNCTION adminmoves_code_key(package text, code text)
RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
    WHEN package OPERATOR(pg_catalog.=) 'EXACT_ONLINE'
         AND pg_catalog.btrim(code) OPERATOR(pg_catalog.<>) ''
    THEN coalesce(
        nullif(
            pg_catalog.ltrim(
                pg_catalog.upper(normalize(pg_catalog.btrim(code), NFKC)), '0'),
            ''),
        '0')
    ELSE pg_catalog.upper(normalize(pg_catalog.btrim(code), NFKC))
END;
