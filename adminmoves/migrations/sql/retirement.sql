-- An administration goes out of use, and back into it, only by a decision of two people.
-- Whoever decides locks the administration and then looks for moves; whoever opens a move
-- shares the key of its administration and then looks whether that is in use. So of a
-- decision and a submit at one moment the second sees the first. The key alone, since an
-- import, which may take long, does not hold that.
CREATE FUNCTION adminmoves_guard_new_retirement() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.outcome <> '' THEN
        PERFORM adminmoves_refuse('a retirement begins undecided', 'retirement_begins_waiting');
    END IF;
    IF NOT EXISTS (
        SELECT FROM auth_user u
        JOIN auth_user_groups m ON m.user_id = u.id JOIN auth_group g ON g.id = m.group_id
        WHERE u.id = NEW.requested_by_id AND u.is_active
          AND g.name IN ('SUPPORT_AGENT', 'TEAM_LEAD')) THEN
        PERFORM adminmoves_refuse(
            'who asks is a support agent or a team lead', 'retirement_right');
    END IF;
    PERFORM adminmoves_require_retirable(NEW.administration_id, NEW.kind);
    RETURN NEW;
END $$;

-- Refuses what cannot be decided as things are: the wrong way round, or a move that holds
-- the administration.
CREATE FUNCTION adminmoves_require_retirable(books bigint, wanted text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    retired boolean;
BEGIN
    SELECT a.retired_by_id IS NOT NULL INTO retired FROM adminmoves_administration a
        WHERE a.id = books FOR UPDATE;
    IF retired IS DISTINCT FROM (wanted = 'BRING_BACK') THEN
        PERFORM adminmoves_refuse(
            'what is in use is retired, what is retired is brought back', 'retirement_way');
    END IF;
    IF wanted = 'RETIRE' AND EXISTS (
        SELECT FROM adminmoves_move m
        WHERE m.administration_id = books
          AND (adminmoves_is_open(m.state)
               OR m.state = 'DRAFT' AND m.submitted_at IS NOT NULL)) THEN
        PERFORM adminmoves_refuse(
            'a move holds the administration', 'retirement_open_move');
    END IF;
END $$;
CREATE TRIGGER guard_new BEFORE INSERT ON adminmoves_retirement
    FOR EACH ROW EXECUTE FUNCTION adminmoves_guard_new_retirement();

CREATE FUNCTION adminmoves_guard_retirement() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.outcome <> '' THEN
        PERFORM adminmoves_refuse('a decision stays as it is', 'retirement_decided');
    END IF;
    IF (OLD.administration_id, OLD.kind, OLD.reason, OLD.requested_by_id, OLD.requested_at)
       IS DISTINCT FROM
       (NEW.administration_id, NEW.kind, NEW.reason, NEW.requested_by_id, NEW.requested_at)
    THEN
        PERFORM adminmoves_refuse('what was asked stays as it is', 'retirement_frozen');
    END IF;
    IF NEW.outcome IN ('APPROVED', 'DECLINED') AND NOT EXISTS (
        SELECT FROM auth_user p JOIN auth_user_groups m ON m.user_id = p.id
        JOIN auth_group g ON g.id = m.group_id
        WHERE p.id = NEW.decided_by_id AND p.is_active
          AND (g.name = 'TEAM_LEAD' OR g.name = 'SUPPORT_AGENT' AND EXISTS (
              SELECT FROM adminmoves_approvalloan l
              JOIN auth_user u ON u.id = l.lender_id AND u.is_active
              JOIN auth_user_groups lm ON lm.user_id = u.id
              JOIN auth_group lg ON lg.id = lm.group_id AND lg.name = 'TEAM_LEAD'
              WHERE l.borrower_id = p.id
                AND l.starts_at <= clock_timestamp() AND l.ends_at > clock_timestamp()
                AND NOT EXISTS (SELECT FROM adminmoves_loanend e WHERE e.loan_id = l.id))))
    THEN
        PERFORM adminmoves_refuse(
            'who decides is a team lead, or has a loan of one', 'retirement_right');
    END IF;
    IF NEW.outcome = 'APPROVED' THEN
        PERFORM adminmoves_require_retirable(NEW.administration_id, NEW.kind);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON adminmoves_retirement
    FOR EACH ROW EXECUTE FUNCTION adminmoves_guard_retirement();

-- A decision and what it does are one.
CREATE FUNCTION adminmoves_retire() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE adminmoves_administration
        SET retired_by_id = CASE NEW.kind WHEN 'RETIRE' THEN NEW.id END
        WHERE id = NEW.administration_id;
    RETURN NULL;
END $$;
CREATE TRIGGER retire AFTER UPDATE ON adminmoves_retirement
    FOR EACH ROW WHEN (OLD.outcome = '' AND NEW.outcome = 'APPROVED')
    EXECUTE FUNCTION adminmoves_retire();

-- Nothing else takes an administration out of use or into it, and what is out of use
-- does not change.
CREATE FUNCTION adminmoves_guard_retired() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    latest record;
    derived CONSTANT text[] := '{retired_by_id,code_key,name_key}';
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM adminmoves_refuse('a new administration is in use', 'retired_by_two');
    END IF;
    SELECT r.id, r.kind INTO latest FROM adminmoves_retirement r
        WHERE r.administration_id = NEW.id AND r.outcome = 'APPROVED'
        ORDER BY r.id DESC LIMIT 1;
    IF NEW.retired_by_id IS DISTINCT FROM
       (CASE latest.kind WHEN 'RETIRE' THEN latest.id END) THEN
        PERFORM adminmoves_refuse(
            'two people retire an administration, and bring it back', 'retired_by_two');
    END IF;
    IF to_jsonb(OLD) - derived IS DISTINCT FROM to_jsonb(NEW) - derived THEN
        PERFORM adminmoves_refuse(
            'a retired administration does not change', 'administration_retired');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_retired_new BEFORE INSERT ON adminmoves_administration
    FOR EACH ROW WHEN (NEW.retired_by_id IS NOT NULL)
    EXECUTE FUNCTION adminmoves_guard_retired();
CREATE TRIGGER guard_retired BEFORE UPDATE ON adminmoves_administration
    FOR EACH ROW WHEN (OLD.retired_by_id IS NOT NULL OR NEW.retired_by_id IS NOT NULL)
    EXECUTE FUNCTION adminmoves_guard_retired();

-- No move begins, is approved or runs for what is out of use.
CREATE FUNCTION adminmoves_require_in_use() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    retired boolean;
BEGIN
    SELECT a.retired_by_id IS NOT NULL INTO retired FROM adminmoves_administration a
        WHERE a.id = NEW.administration_id FOR KEY SHARE;
    IF retired THEN
        PERFORM adminmoves_refuse(
            'a retired administration is not moved', 'move_of_retired');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_in_use BEFORE UPDATE ON adminmoves_move
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state
                       AND NEW.state IN ('AWAITING_BOOKKEEPING', 'APPROVED', 'RUNNING'))
    EXECUTE FUNCTION adminmoves_require_in_use();
