-- Signs of private use, noncharacters and the mark of an absent object: nobody sees those
-- either. The e-mail address and the own domain of an office are looked at too.
CREATE OR REPLACE FUNCTION adminmoves_is_seen(told text) RETURNS boolean
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

CREATE OR REPLACE TRIGGER guard_signs
    BEFORE INSERT OR UPDATE OF code, name, external_id, mail_code, mail_address, kvk_number
    ON adminmoves_administration FOR EACH ROW
    EXECUTE FUNCTION adminmoves_guard_signs(
        'code', 'name', 'external_id', 'mail_code', 'mail_address', 'kvk_number');
CREATE OR REPLACE TRIGGER guard_signs BEFORE INSERT OR UPDATE OF name, mail_domain
    ON adminmoves_environment FOR EACH ROW
    EXECUTE FUNCTION adminmoves_guard_signs('name', 'mail_domain');
CREATE OR REPLACE TRIGGER guard_signs
    BEFORE INSERT OR UPDATE OF package_environment, country, base_url
    ON adminmoves_bookkeepingconnection FOR EACH ROW
    EXECUTE FUNCTION adminmoves_guard_signs('package_environment', 'country', 'base_url');
