-- How a guard refuses: with a sentence, and the name of its rule as the constraint's.
CREATE FUNCTION adminmoves_refuse(told text, rule text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', told USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;
