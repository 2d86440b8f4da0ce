-- A move begins as a draft.
CREATE FUNCTION adminmoves_guard_new_move() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state <> 'DRAFT' OR NEW.proof_id IS NOT NULL OR NEW.approved_by_id IS NOT NULL THEN
        PERFORM adminmoves_refuse('a move begins as a draft', 'move_begins_as_draft');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_new BEFORE INSERT ON adminmoves_move
    FOR EACH ROW EXECUTE FUNCTION adminmoves_guard_new_move();

-- Fires before the guard of a move (triggers fire by name): what that one compares stays.
CREATE FUNCTION adminmoves_freeze_move() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- A run that ends at this moment is waited for, so that the origin is true.
    IF OLD.state = 'DRAFT' AND NEW.state = 'AWAITING_BOOKKEEPING' THEN
        PERFORM FROM adminmoves_administration
            WHERE id = NEW.administration_id FOR SHARE;
    END IF;
    -- What was said yes to stays what was said yes to, until it is asked again.
    IF OLD.state IN ('APPROVED', 'RUNNING', 'IN_DOUBT', 'FAILED', 'STOPPED')
       AND NEW.state NOT IN ('AWAITING_BOOKKEEPING', 'AWAITING_APPROVAL')
       AND (OLD.plan, OLD.plan_hash, OLD.warnings_seen, OLD.approved_by_id, OLD.approved_at)
           IS DISTINCT FROM
           (NEW.plan, NEW.plan_hash, NEW.warnings_seen, NEW.approved_by_id, NEW.approved_at)
    THEN
        PERFORM adminmoves_refuse(
            'an approval does not change, it is given again', 'move_plan_frozen');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER before_guard BEFORE UPDATE ON adminmoves_move
    FOR EACH ROW EXECUTE FUNCTION adminmoves_freeze_move();

CREATE FUNCTION adminmoves_guard_move() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place record;
BEGIN
    IF adminmoves_is_ended(OLD.state) THEN
        PERFORM adminmoves_refuse('a move that has ended does not change', 'move_ended');
    END IF;
    IF OLD.state <> 'DRAFT'
       AND (OLD.administration_id, OLD.to_connection_id, OLD.to_environment_id,
            OLD.to_code, OLD.package, OLD.move_type)
           IS DISTINCT FROM
           (NEW.administration_id, NEW.to_connection_id, NEW.to_environment_id,
            NEW.to_code, NEW.package, NEW.move_type) THEN
        PERFORM adminmoves_refuse(
            'administration and wanted place change only in a draft', 'move_wish_frozen');
    END IF;
    IF OLD.state NOT IN ('DRAFT', 'AWAITING_BOOKKEEPING', 'AWAITING_APPROVAL', 'APPROVED')
       AND (OLD.from_connection_id, OLD.from_environment_id, OLD.from_code, OLD.from_address,
            OLD.to_address)
           IS DISTINCT FROM
           (NEW.from_connection_id, NEW.from_environment_id, NEW.from_code, NEW.from_address,
            NEW.to_address) THEN
        PERFORM adminmoves_refuse(
            'where a move comes from is frozen at its start', 'move_origin_frozen');
    END IF;
    IF OLD.state = 'DRAFT' AND NEW.state = 'AWAITING_BOOKKEEPING' THEN
        SELECT a.connection_id, a.environment_id, a.package, a.code INTO place
            FROM adminmoves_administration a WHERE a.id = NEW.administration_id;
        IF (place.connection_id, place.environment_id, place.package, place.code)
           IS DISTINCT FROM
           (NEW.from_connection_id, NEW.from_environment_id, NEW.package, NEW.from_code) THEN
            PERFORM adminmoves_refuse(
                'a move comes from where its administration is', 'move_origin');
        END IF;
        IF NOT EXISTS (SELECT FROM adminmoves_contributor c WHERE c.move_id = NEW.id
                       AND c.revision = NEW.revision)
           OR NOT EXISTS (SELECT FROM adminmoves_contributor c WHERE c.move_id = NEW.id
                          AND c.user_id = NEW.requested_by_id) THEN
            PERFORM adminmoves_refuse('who asks is on the record', 'move_contributors');
        END IF;
    END IF;
    -- Who was active at the approval may be switched off by the time it runs.
    IF NEW.state = 'APPROVED' AND OLD.state <> 'APPROVED' AND (
        NEW.approved_by_id IS NULL
        OR EXISTS (SELECT FROM adminmoves_contributor c WHERE c.move_id = NEW.id
                   AND c.user_id = NEW.approved_by_id)
        OR OLD.state = 'AWAITING_APPROVAL'
           AND NOT EXISTS (SELECT FROM auth_user u WHERE u.id = NEW.approved_by_id
                           AND u.is_active)) THEN
        PERFORM adminmoves_refuse(
            'who contributed to a move does not approve it', 'move_four_eyes');
    END IF;
    IF NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id
       AND NEW.approved_by_id IS NOT NULL
       AND NOT (OLD.state = 'AWAITING_APPROVAL' AND NEW.state = 'APPROVED') THEN
        PERFORM adminmoves_refuse('an approver appears only by approving', 'move_approver');
    END IF;
    IF OLD.state = 'APPROVED' AND NEW.state = 'RUNNING'
       AND NOT EXISTS (SELECT FROM adminmoves_attempt t WHERE t.move_id = NEW.id
                       AND t.ended_at IS NULL) THEN
        PERFORM adminmoves_refuse('a move runs under a lease', 'move_lease');
    END IF;
    IF OLD.state = 'RUNNING' AND NEW.state = 'COMPLETED'
       AND NOT EXISTS (SELECT FROM adminmoves_administration a
                       WHERE a.id = NEW.administration_id
                         AND a.connection_id = NEW.to_connection_id
                         AND a.code_key = adminmoves_code_key(NEW.package, NEW.to_code)
                         AND a.closed_by_id IS NULL) THEN
        PERFORM adminmoves_refuse(
            'completed means: the administration is at its wanted place', 'move_completed');
    END IF;
    IF OLD.state = 'RUNNING' AND NEW.state IN ('FAILED', 'STOPPED')
       AND NOT EXISTS (SELECT FROM adminmoves_administration a
                       WHERE a.id = NEW.administration_id
                         AND a.connection_id = NEW.from_connection_id
                         AND a.code_key = adminmoves_code_key(NEW.package, NEW.from_code)
                         AND a.closed_by_id IS NULL) THEN
        PERFORM adminmoves_refuse(
            'failed means: the administration is whole at its old place', 'move_undone');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON adminmoves_move
    FOR EACH ROW EXECUTE FUNCTION adminmoves_guard_move();

-- Who approved a move does not become a contributor of it.
CREATE FUNCTION adminmoves_guard_contributor() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    approver bigint;
BEGIN
    SELECT approved_by_id INTO approver FROM adminmoves_move
        WHERE id = NEW.move_id FOR SHARE;
    IF approver = NEW.user_id THEN
        PERFORM adminmoves_refuse(
            'who approved a move does not contribute to it', 'move_four_eyes');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT ON adminmoves_contributor
    FOR EACH ROW EXECUTE FUNCTION adminmoves_guard_contributor();

-- A reverse turns back what truly happened, with the same administration; what was
-- submitted as one stays one.
CREATE FUNCTION adminmoves_guard_reverse() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state <> 'DRAFT'
       AND OLD.reverses_id IS DISTINCT FROM NEW.reverses_id THEN
        PERFORM adminmoves_refuse(
            'what a move turns back changes only in a draft', 'move_reverse_frozen');
    END IF;
    IF NEW.reverses_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM adminmoves_move m WHERE m.id = NEW.reverses_id
                       AND m.state = 'COMPLETED' AND m.id <> NEW.id
                       AND m.administration_id = NEW.administration_id) THEN
        PERFORM adminmoves_refuse(
            'only a completed move of the same administration is turned back',
            'move_reverse');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_new_reverse BEFORE INSERT ON adminmoves_move
    FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL)
    EXECUTE FUNCTION adminmoves_guard_reverse();
CREATE TRIGGER guard_reverse BEFORE UPDATE ON adminmoves_move
    FOR EACH ROW WHEN ((OLD.reverses_id, OLD.administration_id)
                       IS DISTINCT FROM (NEW.reverses_id, NEW.administration_id))
    EXECUTE FUNCTION adminmoves_guard_reverse();

-- A proof is about the administration that its move was about when it was given.
CREATE FUNCTION adminmoves_name_proven() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    SELECT m.administration_id INTO NEW.administration_id
        FROM adminmoves_move m WHERE m.id = NEW.move_id;
    RETURN NEW;
END $$;
CREATE TRIGGER name_proven BEFORE INSERT ON adminmoves_proof
    FOR EACH ROW EXECUTE FUNCTION adminmoves_name_proven();
