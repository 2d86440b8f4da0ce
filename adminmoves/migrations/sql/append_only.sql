-- What was written stays as it was written.
CREATE FUNCTION adminmoves_refuse_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON adminmoves_event
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON adminmoves_proof
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON adminmoves_contributor
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON adminmoves_effect
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON adminmoves_formerplace
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_refuse_change();
