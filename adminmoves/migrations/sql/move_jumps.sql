-- The changes of state that the machine has, as adminmoves.models.move declares them.
CREATE FUNCTION adminmoves_guard_jump() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('APPROVED', 'APPROVED'),
        ('APPROVED', 'AWAITING_APPROVAL'),
        ('APPROVED', 'AWAITING_BOOKKEEPING'),
        ('APPROVED', 'RUNNING'),
        ('APPROVED', 'WITHDRAWN'),
        ('AWAITING_APPROVAL', 'APPROVED'),
        ('AWAITING_APPROVAL', 'AWAITING_BOOKKEEPING'),
        ('AWAITING_APPROVAL', 'DRAFT'),
        ('AWAITING_APPROVAL', 'REJECTED'),
        ('AWAITING_APPROVAL', 'WITHDRAWN'),
        ('AWAITING_BOOKKEEPING', 'AWAITING_APPROVAL'),
        ('AWAITING_BOOKKEEPING', 'DRAFT'),
        ('AWAITING_BOOKKEEPING', 'WITHDRAWN'),
        ('DRAFT', 'AWAITING_BOOKKEEPING'),
        ('DRAFT', 'WITHDRAWN'),
        ('FAILED', 'APPROVED'),
        ('FAILED', 'WITHDRAWN'),
        ('IN_DOUBT', 'RUNNING'),
        ('RUNNING', 'COMPLETED'),
        ('RUNNING', 'FAILED'),
        ('RUNNING', 'IN_DOUBT'),
        ('RUNNING', 'STOPPED'),
        ('STOPPED', 'APPROVED'),
        ('STOPPED', 'WITHDRAWN')
    ) THEN
        PERFORM adminmoves_refuse(
            format('a move does not go from %s to %s', OLD.state, NEW.state),
            'move_jump');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_jump BEFORE UPDATE ON adminmoves_move
    FOR EACH ROW EXECUTE FUNCTION adminmoves_guard_jump();
