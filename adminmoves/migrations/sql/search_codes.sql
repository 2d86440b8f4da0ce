-- The codes by which an administration is found stand in a table of their own, one row for
-- each, so that a plain index finds those that begin with what was typed. Only this writes
-- it, as the owner; the triggers of search_table.sql call it.
--
-- The first sign of a row says what it is:
--   # a code, the code of an office, a KvK number, an id in the package
--   = one of those without leading zeros, where the package ignores them
--   @ a whole place, "office.code", or an address that begins with its office
--   - the rest of a code after a sign in it: "607" of "TW-607"
CREATE FUNCTION adminmoves_codes_of_place(
    package text, office text, code text, address text
) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    WITH folded AS (
        SELECT lower(office) AS office, public.adminmoves_fold(code) AS code,
            public.adminmoves_fold(address) AS address,
            CASE WHEN package = 'EXACT_ONLINE' THEN
                lower(public.adminmoves_code_key(package, code)) END AS number
    )
    SELECT known.code FROM folded f, LATERAL (VALUES
        ('#' || f.code),
        ('#' || f.office),
        ('=' || f.number),
        ('=' || f.office || '.' || f.number),
        ('@' || f.office || '.' || f.code),
        (CASE WHEN starts_with(f.address, f.office || '.') THEN '@' ELSE '#' END || f.address)
    ) known (code)
    WHERE known.code IS NOT NULL
    UNION ALL
    SELECT '-' || substr(f.code, sign + 1) FROM folded f, generate_series(2, length(f.code)) sign
    WHERE substr(f.code, sign, 2) ~ '^[-./_][[:alnum:]]'
$$;

CREATE OR REPLACE FUNCTION adminmoves_index_administrations(changed bigint[])
RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO public.adminmoves_administrationsearch (administration_id, names)
    SELECT a.id, a.name_key || ltrim(e.name_key)
    FROM public.adminmoves_administration a
    JOIN public.adminmoves_environment e ON e.id = a.environment_id
    WHERE a.id = ANY (changed)
    -- A new name of the office waits for this, or this for it.
    FOR SHARE OF e
    -- The lock on its row makes a second change wait before it reads the codes.
    ON CONFLICT (administration_id) DO UPDATE SET names = excluded.names;

    WITH fresh AS MATERIALIZED (
        SELECT p.id, known.code
        FROM (
            SELECT a.id, a.package, e.office_code, a.code, a.mail_address
                FROM public.adminmoves_administration a
                JOIN public.adminmoves_environment e ON e.id = a.environment_id
                WHERE a.id = ANY (changed)
            UNION ALL
            SELECT f.administration_id, f.package, f.office_code, f.code, f.mail_address
                FROM public.adminmoves_formerplace f
                WHERE f.administration_id = ANY (changed)
        ) p, LATERAL public.adminmoves_codes_of_place(
            p.package, p.office_code, p.code, p.mail_address) known (code)
        UNION
        SELECT a.id, known.code FROM public.adminmoves_administration a, LATERAL (VALUES
            ('#' || nullif(a.kvk_number, '')),
            ('=' || nullif(ltrim(a.kvk_number, '0'), '')),
            ('#' || nullif(public.adminmoves_fold(a.external_id), ''))
        ) known (code)
        WHERE a.id = ANY (changed) AND known.code IS NOT NULL
    ), gone AS (
        DELETE FROM public.adminmoves_searchcode s
        WHERE s.administration_id = ANY (changed)
          AND NOT EXISTS (SELECT FROM fresh f
                          WHERE f.id = s.administration_id AND f.code = s.code)
    )
    INSERT INTO public.adminmoves_searchcode (administration_id, code)
    SELECT id, code FROM fresh
    ON CONFLICT DO NOTHING
$$;

DROP FUNCTION adminmoves_place_codes(text, text, text, text);
DROP FUNCTION adminmoves_code_letters(text);

SELECT adminmoves_index_administrations(array(SELECT id FROM adminmoves_administration));
