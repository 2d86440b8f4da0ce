-- The place changes only by a running move, and only by the worker that holds its
-- lease; so does everything of an administration that is closed for a move.
CREATE FUNCTION adminmoves_guard_administration() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    moved boolean := OLD.connection_id <> NEW.connection_id
        OR adminmoves_code_key(OLD.package, OLD.code)
           <> adminmoves_code_key(NEW.package, NEW.code);
    running record;
BEGIN
    IF NOT moved AND OLD.closed_by_id IS NULL AND NEW.closed_by_id IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT m.id, m.to_connection_id, m.to_code_key, m.package INTO running
        FROM adminmoves_move m
        JOIN adminmoves_attempt a ON a.move_id = m.id AND a.ended_at IS NULL
        WHERE m.administration_id = NEW.id
          AND m.state = 'RUNNING'
          AND a.token::text = current_setting('portal.lease', true)
          AND a.lease_until > clock_timestamp()
        FOR SHARE OF m;
    IF NOT FOUND THEN
        RAISE EXCEPTION '%', CASE WHEN moved
            THEN 'the place of an administration changes only by a running move'
            ELSE 'the administration is closed for a move' END
            USING ERRCODE = 'check_violation', CONSTRAINT = 'administration_place_guard';
    END IF;
    IF moved AND (NEW.connection_id <> running.to_connection_id
        OR adminmoves_code_key(NEW.package, NEW.code) <> running.to_code_key) THEN
        RAISE EXCEPTION 'the running move wants another place'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'administration_place_guard';
    END IF;
    IF NEW.closed_by_id IS NOT NULL AND NEW.closed_by_id <> running.id THEN
        RAISE EXCEPTION 'an administration is closed by its own running move'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'administration_place_guard';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON adminmoves_administration
    FOR EACH ROW EXECUTE FUNCTION adminmoves_guard_administration();

CREATE FUNCTION adminmoves_guard_new_administration() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.closed_by_id IS NOT NULL THEN
        RAISE EXCEPTION 'a new administration is open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'administration_place_guard';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_new BEFORE INSERT ON adminmoves_administration
    FOR EACH ROW EXECUTE FUNCTION adminmoves_guard_new_administration();

-- A connection in use keeps its office, package and licence: moving it would move
-- every administration on it, without a move.
CREATE FUNCTION adminmoves_guard_connection() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (OLD.environment_id, OLD.package, upper(OLD.package_environment), OLD.country, OLD.base_url)
       IS DISTINCT FROM
       (NEW.environment_id, NEW.package, upper(NEW.package_environment), NEW.country, NEW.base_url)
       AND (EXISTS (SELECT FROM adminmoves_administration WHERE connection_id = OLD.id)
            OR EXISTS (SELECT FROM adminmoves_move WHERE to_connection_id = OLD.id
                       AND NOT adminmoves_is_ended(state)))
    THEN
        RAISE EXCEPTION 'a connection in use keeps its office, package and licence'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'connection_in_use';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON adminmoves_bookkeepingconnection
    FOR EACH ROW EXECUTE FUNCTION adminmoves_guard_connection();

-- An office in use keeps its code: every address and every route hangs on it.
CREATE FUNCTION adminmoves_guard_environment() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF lower(OLD.office_code) <> lower(NEW.office_code)
       AND (EXISTS (SELECT FROM adminmoves_administration WHERE environment_id = OLD.id)
            OR EXISTS (SELECT FROM adminmoves_move WHERE to_environment_id = OLD.id
                       AND NOT adminmoves_is_ended(state)))
    THEN
        RAISE EXCEPTION 'an office in use keeps its code'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'environment_in_use';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON adminmoves_environment
    FOR EACH ROW EXECUTE FUNCTION adminmoves_guard_environment();
