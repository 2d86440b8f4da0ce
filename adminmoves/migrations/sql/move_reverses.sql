-- A reverse turns back what truly happened, with the same administration; what was
-- submitted as one stays one.
CREATE FUNCTION adminmoves_guard_reverse() RETURNS trigger LANGUAGE plpgsql AS $$
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
