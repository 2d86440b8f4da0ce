-- The digest of one event: everything that was said, and the digest before it.
-- No settings of its own, and nothing in it asks for the time zone: so PostgreSQL
-- reads it as part of the statement, and verifying a million events takes seconds. It names
-- the schema of everything in it instead.
CREATE FUNCTION adminmoves_event_digest(e adminmoves_event)
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

-- Chains a new event to its stream while it holds the stream's head. The owner's
-- function: who serves may add events, and cannot write heads. It names every table with its
-- schema, so that nothing in schema public can stand in for what it calls.
CREATE FUNCTION adminmoves_chain_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    head public.adminmoves_streamhead;
BEGIN
    INSERT INTO public.adminmoves_streamhead (stream, stream_id, count, digest)
        VALUES (NEW.stream, NEW.stream_id, 0, '')
        ON CONFLICT (stream, stream_id) DO NOTHING;
    SELECT * INTO STRICT head FROM public.adminmoves_streamhead
        WHERE stream = NEW.stream AND stream_id = NEW.stream_id FOR UPDATE;
    NEW.position := head.count + 1;
    NEW.id := nextval('public.adminmoves_event_id_seq');
    NEW.at := clock_timestamp();
    NEW.previous := head.digest;
    NEW.digest := public.adminmoves_event_digest(NEW);
    UPDATE public.adminmoves_streamhead
        SET count = NEW.position, digest = NEW.digest WHERE id = head.id;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION adminmoves_chain_event() FROM PUBLIC;
CREATE TRIGGER chain BEFORE INSERT ON adminmoves_event
    FOR EACH ROW EXECUTE FUNCTION adminmoves_chain_event();
