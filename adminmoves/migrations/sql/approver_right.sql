-- Who approves has the right to at that moment: a team lead, or a support agent to whom a
-- team lead lent it.
CREATE FUNCTION adminmoves_guard_approver() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM auth_user_groups m JOIN auth_group g ON g.id = m.group_id
        WHERE m.user_id = NEW.approved_by_id
          AND (g.name = 'TEAM_LEAD' OR g.name = 'SUPPORT_AGENT' AND EXISTS (
              SELECT FROM adminmoves_approvalloan l
              JOIN auth_user u ON u.id = l.lender_id AND u.is_active
              JOIN auth_user_groups lm ON lm.user_id = u.id
              JOIN auth_group lg ON lg.id = lm.group_id AND lg.name = 'TEAM_LEAD'
              WHERE l.borrower_id = m.user_id
                AND l.starts_at <= clock_timestamp() AND l.ends_at > clock_timestamp()
                AND NOT EXISTS (SELECT FROM adminmoves_loanend e WHERE e.loan_id = l.id))))
    THEN
        PERFORM adminmoves_refuse(
            'who approves is a team lead, or has a loan of one', 'move_approver_right');
    END IF;
    RETURN NEW;
END $$;
-- After the guard, which says first who may never approve this one.
CREATE TRIGGER guard_right BEFORE UPDATE ON adminmoves_move
    FOR EACH ROW WHEN (OLD.state = 'AWAITING_APPROVAL' AND NEW.state = 'APPROVED')
    EXECUTE FUNCTION adminmoves_guard_approver();
