-- What a draft says about the package is about one administration at one place: with
-- another place it says nothing.
CREATE FUNCTION adminmoves_empty_statement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE adminmoves_parties
       SET moved_said_by = '', moved_on = NULL, moved_ticket = '', moved_evidence_id = NULL
     WHERE move_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER empty_statement AFTER UPDATE ON adminmoves_move
    FOR EACH ROW WHEN (
        OLD.administration_id IS NOT NULL AND OLD.to_connection_id IS NOT NULL AND OLD.to_code <> ''
        AND (OLD.administration_id, OLD.to_connection_id, OLD.to_code_key)
            IS DISTINCT FROM (NEW.administration_id, NEW.to_connection_id, NEW.to_code_key))
    EXECUTE FUNCTION adminmoves_empty_statement();
