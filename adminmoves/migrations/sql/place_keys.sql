-- Keys of several columns, which Django does not declare.

-- An administration's environment and package are those of its connection.
ALTER TABLE adminmoves_administration ADD CONSTRAINT administration_lives_at_connection
    FOREIGN KEY (connection_id, environment_id, package)
    REFERENCES adminmoves_bookkeepingconnection (id, environment_id, package);

-- The wanted environment and package are those of the wanted connection.
ALTER TABLE adminmoves_move ADD CONSTRAINT move_wants_place_of_connection
    FOREIGN KEY (to_connection_id, to_environment_id, package)
    REFERENCES adminmoves_bookkeepingconnection (id, environment_id, package);

-- "Moved in the bookkeeping package first": the proof that a move refers to is a
-- usable one, of this move, its administration, this connection and this code.
ALTER TABLE adminmoves_move ADD COLUMN proof_usable boolean
    GENERATED ALWAYS AS (true) STORED;
ALTER TABLE adminmoves_move ADD CONSTRAINT move_proof_is_its_own
    FOREIGN KEY (proof_id, id, administration_id, to_connection_id, to_code_key,
                 proof_usable)
    REFERENCES adminmoves_proof (id, move_id, administration_id, connection_id, code_key,
                                 usable);
