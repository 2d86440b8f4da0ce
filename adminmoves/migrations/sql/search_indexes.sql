-- What people search by: how a code, an office code or an address begins, and any
-- part of a name. A plain index serves LIKE only under the collation C.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX administration_name_part ON adminmoves_administration
    USING gin (upper(name) gin_trgm_ops);
CREATE INDEX administration_code_begins ON adminmoves_administration
    (upper(code) text_pattern_ops);
CREATE INDEX administration_address_begins ON adminmoves_administration
    (mail_address varchar_pattern_ops);
CREATE INDEX former_code_begins ON adminmoves_formerplace
    (upper(code) text_pattern_ops);
CREATE INDEX former_office_begins ON adminmoves_formerplace
    (upper(office_code) text_pattern_ops);
CREATE INDEX former_address_begins ON adminmoves_formerplace
    (mail_address varchar_pattern_ops);
CREATE INDEX move_code_begins ON adminmoves_move
    (upper(to_code) text_pattern_ops);
-- Without figures of what they hold, the planner would rather read a list to its end.
ANALYZE adminmoves_administration;
ANALYZE adminmoves_formerplace;
ANALYZE adminmoves_move;
