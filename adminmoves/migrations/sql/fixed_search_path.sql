-- A guard reads the tables of the portal, whatever the session's search path says: a
-- temporary table of the same name, or a function made in another schema, never comes
-- before them.
ALTER FUNCTION public.adminmoves_refuse_change()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_refuse(text, text)
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_guard_administration()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_guard_new_administration()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_guard_connection()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_guard_environment()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_guard_new_move()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_guard_move()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_guard_jump()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_freeze_move()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_guard_reverse()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_guard_contributor()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_name_proven()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_guard_new_document()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_guard_document()
    SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION public.adminmoves_guard_leftover()
    SET search_path = pg_catalog, public, pg_temp;

-- It acts as the owner and names every table with its schema, so that nothing in schema
-- public can stand in for an operator or a function that it calls.
ALTER FUNCTION public.adminmoves_chain_event()
    SET search_path = pg_catalog, pg_temp;

-- A setting would keep these two from becoming part of the statement that calls them,
-- which makes them many times slower. The first is parsed here and now, so that its
-- names mean what they mean today; the second, which reads a table's columns, names
-- the schema of everything in it.
CREATE OR REPLACE FUNCTION public.adminmoves_code_key(package text, code text)
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

CREATE OR REPLACE FUNCTION public.adminmoves_event_digest(e public.adminmoves_event)
RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
        pg_catalog.jsonb_build_array(
            e.stream, e.stream_id, e.position, e.id,
            pg_catalog.to_char(
                e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
            e.code, e.params, e.before, e.after, e.actor_id, e.actor_name, e.actor_role,
            e.request_id, e.subject, e.move_id, e.move_type, e.administration_id,
            e.environment_id, e.other_environment_id, e.commitment, e.previous
        )::pg_catalog.text, 'UTF8')), 'hex')
$$;
