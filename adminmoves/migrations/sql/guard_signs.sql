-- Codes, names and addresses that look alike and are not: no sign of them is unseen. As
-- adminmoves.cleaning has it: control and format signs, spaces but the plain one, fillers,
-- variation selectors, signs of private use, noncharacters and the mark of an absent object.
CREATE FUNCTION adminmoves_is_seen(told text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT told IS NULL OR told !~ ('['
        '\u0001-\u001f\u007f-\u00a0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f'
        '\u0890-\u0891\u08e2\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f\u2000-\u200f'
        '\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc'
        '\U000110bd\U000110cd\U00013430-\U0001343f\U00016fe4\U0001bca0-\U0001bca3\U0001d159'
        '\U0001d173-\U0001d17a\U000e0000-\U000e0fff'
        '\ue000-\uf8ff\ufdd0-\ufdef\ufffe-\uffff\U0001fffe-\U0001ffff\U0002fffe-\U0002ffff'
        '\U0003fffe-\U0003ffff\U0004fffe-\U0004ffff\U0005fffe-\U0005ffff\U0006fffe-\U0006ffff'
        '\U0007fffe-\U0007ffff\U0008fffe-\U0008ffff\U0009fffe-\U0009ffff\U000afffe-\U000affff'
        '\U000bfffe-\U000bffff\U000cfffe-\U000cffff\U000dfffe-\U000dffff\U000efffe-\U0010ffff'
        ']')
$$;

-- Looked at where such a text is new, so that a row can always be written for another reason.
CREATE FUNCTION adminmoves_guard_signs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    now_told jsonb := to_jsonb(NEW);
    before_told jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
    held_column text;
BEGIN
    FOREACH held_column IN ARRAY TG_ARGV LOOP
        IF now_told ->> held_column IS DISTINCT FROM before_told ->> held_column
           AND NOT adminmoves_is_seen(now_told ->> held_column) THEN
            RAISE EXCEPTION 'a sign of % cannot be seen', held_column
                USING ERRCODE = 'check_violation', CONSTRAINT = 'signs_seen',
                    COLUMN = held_column;
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_signs
    BEFORE INSERT OR UPDATE OF code, name, external_id, mail_code, mail_address, kvk_number
    ON adminmoves_administration FOR EACH ROW
    EXECUTE FUNCTION adminmoves_guard_signs(
        'code', 'name', 'external_id', 'mail_code', 'mail_address', 'kvk_number');
CREATE TRIGGER guard_signs BEFORE INSERT OR UPDATE OF name, mail_domain
    ON adminmoves_environment FOR EACH ROW
    EXECUTE FUNCTION adminmoves_guard_signs('name', 'mail_domain');
CREATE TRIGGER guard_signs
    BEFORE INSERT OR UPDATE OF package_environment, country, base_url
    ON adminmoves_bookkeepingconnection FOR EACH ROW
    EXECUTE FUNCTION adminmoves_guard_signs('package_environment', 'country', 'base_url');
CREATE TRIGGER guard_signs BEFORE INSERT OR UPDATE OF name ON adminmoves_freeze
    FOR EACH ROW EXECUTE FUNCTION adminmoves_guard_signs('name');
CREATE TRIGGER guard_signs BEFORE INSERT OR UPDATE ON adminmoves_parties FOR EACH ROW
    EXECUTE FUNCTION adminmoves_guard_signs(
        'requester_name', 'requester_email', 'requester_ticket', 'consent_name',
        'consent_email', 'consent_ticket', 'moved_said_by', 'moved_ticket');
CREATE TRIGGER guard_signs BEFORE INSERT OR UPDATE OF to_code ON adminmoves_move
    FOR EACH ROW EXECUTE FUNCTION adminmoves_guard_signs('to_code');
