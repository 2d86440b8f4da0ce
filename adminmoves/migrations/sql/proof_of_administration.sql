-- A proof is about the administration that its move was about when it was given.
CREATE FUNCTION adminmoves_name_proven() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT m.administration_id INTO NEW.administration_id
        FROM adminmoves_move m WHERE m.id = NEW.move_id;
    RETURN NEW;
END $$;
CREATE TRIGGER name_proven BEFORE INSERT ON adminmoves_proof
    FOR EACH ROW EXECUTE FUNCTION adminmoves_name_proven();

-- A move that changes its administration in a draft needs a proof of its own.
ALTER TABLE adminmoves_move ADD CONSTRAINT move_proof_is_its_own
    FOREIGN KEY (proof_id, id, administration_id, to_connection_id, to_code_key,
                 proof_usable)
    REFERENCES adminmoves_proof (id, move_id, administration_id, connection_id, code_key,
                                 usable);
