-- What an administration is found by: its present and former places beside its own
-- facts. Only these triggers write it, as the owner.
--
-- names: the words of its name and of its office's name.
-- codes: "ᚠ" begins each code, office code, "office.code", address, KvK number and id in
-- the package; "ᚢ" begins those without leading zeros, where the package ignores them.
--
-- Signs are letters here, since an index of trigrams leaves signs out: "#av-209" would be two
-- short words, and of two million rows every second one has either. Runes, because no package
-- has them in a code.
--
-- Who writes it acts as the owner and names every table and function with its schema, so that
-- nothing in schema public can stand in for what it calls.
CREATE FUNCTION adminmoves_code_letters(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT translate(value, '.-/_#=', 'ᚦᚨᚱᚲᚷᚹ')
$$;

CREATE FUNCTION adminmoves_place_codes(
    package text, office text, code text, address text
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT public.adminmoves_code_letters(concat_ws(' ',
        'ᚠ' || public.adminmoves_fold(code),
        'ᚠ' || lower(office),
        'ᚠ' || lower(office) || '.' || public.adminmoves_fold(code),
        'ᚠ' || public.adminmoves_fold(address),
        CASE WHEN package = 'EXACT_ONLINE' THEN
            'ᚢ' || lower(public.adminmoves_code_key(package, code)) || ' ᚢ' || lower(office)
            || '.' || lower(public.adminmoves_code_key(package, code))
        END))
$$;

CREATE FUNCTION adminmoves_index_administrations(changed bigint[])
RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO public.adminmoves_administrationsearch (administration_id, names, codes)
    SELECT a.id, a.name_key || ltrim(e.name_key), ' ' || concat_ws(' ', (
        SELECT string_agg(DISTINCT public.adminmoves_place_codes(
                p.package, p.office_code, p.code, p.mail_address), ' ')
            FROM (
                SELECT a.package, e.office_code, a.code, a.mail_address
                UNION ALL
                SELECT f.package, f.office_code, f.code, f.mail_address
                    FROM public.adminmoves_formerplace f WHERE f.administration_id = a.id
            ) p),
        'ᚠ' || nullif(a.kvk_number, ''),
        'ᚢ' || nullif(ltrim(a.kvk_number, '0'), ''),
        'ᚠ' || public.adminmoves_code_letters(
            nullif(public.adminmoves_fold(a.external_id), ''))) || ' '
    FROM public.adminmoves_administration a
    JOIN public.adminmoves_environment e ON e.id = a.environment_id
    WHERE a.id = ANY (changed)
    -- A new name of the office waits for this, or this for it.
    FOR SHARE OF e
    ON CONFLICT (administration_id) DO UPDATE
        SET names = excluded.names, codes = excluded.codes
$$;

CREATE FUNCTION adminmoves_index_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.adminmoves_index_administrations(array(SELECT id FROM fresh));
    RETURN NULL;
END $$;
CREATE TRIGGER index_new AFTER INSERT ON adminmoves_administration
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_index_new();

CREATE FUNCTION adminmoves_index_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.adminmoves_index_administrations(array(
        SELECT o.id FROM stale o JOIN fresh n USING (id)
        WHERE (o.name, o.code, o.environment_id, o.mail_address, o.kvk_number, o.external_id)
            IS DISTINCT FROM
            (n.name, n.code, n.environment_id, n.mail_address, n.kvk_number, n.external_id)));
    RETURN NULL;
END $$;
CREATE TRIGGER index_changed AFTER UPDATE ON adminmoves_administration
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_index_changed();

CREATE FUNCTION adminmoves_index_left() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.adminmoves_index_administrations(array(
        SELECT DISTINCT administration_id FROM fresh));
    RETURN NULL;
END $$;
CREATE TRIGGER index_left AFTER INSERT ON adminmoves_formerplace
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_index_left();

CREATE FUNCTION adminmoves_index_office() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.adminmoves_index_administrations(array(
        SELECT a.id FROM stale o JOIN fresh n USING (id)
        JOIN public.adminmoves_administration a ON a.environment_id = n.id
        WHERE (o.office_code, o.name) IS DISTINCT FROM (n.office_code, n.name)));
    RETURN NULL;
END $$;
CREATE TRIGGER index_office AFTER UPDATE ON adminmoves_environment
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_index_office();

-- Trigrams serve LIKE with a pattern that begins anywhere.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX search_names ON adminmoves_administrationsearch
    USING gin (names gin_trgm_ops);
CREATE INDEX search_codes ON adminmoves_administrationsearch
    USING gin (codes gin_trgm_ops);
CREATE INDEX parties_words ON adminmoves_parties USING gin (search_key gin_trgm_ops);
-- How a code begins. A plain index serves LIKE only under the collation C.
CREATE INDEX move_code_begins ON adminmoves_move
    (upper(to_code) text_pattern_ops);
