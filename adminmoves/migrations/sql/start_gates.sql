-- Who starts a move shares a lock that whoever pauses the queue, or changes a freeze or a
-- window, takes alone: once that is committed, no start commits that looked before it.
CREATE FUNCTION adminmoves_change_gate() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7002, 0);
    RETURN NULL;
END $$;
CREATE TRIGGER change_gate BEFORE INSERT OR UPDATE OR DELETE ON adminmoves_queueswitch
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_change_gate();
CREATE TRIGGER change_gate BEFORE INSERT OR UPDATE OR DELETE ON adminmoves_freeze
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_change_gate();
CREATE TRIGGER change_gate BEFORE INSERT OR UPDATE OR DELETE ON adminmoves_executionwindow
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_change_gate();

CREATE FUNCTION adminmoves_pass_gate() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    present timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7002, 0);
    present := clock_timestamp();
    -- Both: the statement that starts it may take its moment away as well.
    IF OLD.not_before > present OR NEW.not_before > present THEN
        PERFORM adminmoves_refuse('a move does not start before its moment', 'move_not_before');
    END IF;
    IF EXISTS (SELECT FROM adminmoves_queueswitch WHERE paused_at IS NOT NULL) THEN
        PERFORM adminmoves_refuse('nothing starts in a paused queue', 'move_queue_paused');
    END IF;
    IF EXISTS (SELECT FROM adminmoves_freeze f
               WHERE f.starts_at <= present AND (f.ends_at IS NULL OR f.ends_at > present)
                 AND (f.environment_id IS NULL
                      OR f.environment_id IN (OLD.from_environment_id,
                                              OLD.to_environment_id))) THEN
        PERFORM adminmoves_refuse('nothing starts in a freeze', 'move_frozen');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gate BEFORE UPDATE ON adminmoves_move
    FOR EACH ROW WHEN (OLD.state = 'APPROVED' AND NEW.state = 'RUNNING')
    EXECUTE FUNCTION adminmoves_pass_gate();
