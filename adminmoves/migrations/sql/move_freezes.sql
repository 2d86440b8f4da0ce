-- Fires before the guard of a move (triggers fire by name): what that one compares stays.
CREATE FUNCTION adminmoves_freeze_move() RETURNS trigger LANGUAGE plpgsql AS $$
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
