-- How texts are compared by a search: without accents, capitals and signs that cannot
-- be seen. By NFKD and a short list instead of the extension unaccent, whose dictionary
-- may change under an index. Names are qualified, so that nothing shadows them.
CREATE FUNCTION adminmoves_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT lower(CASE
        -- Nine in ten texts have no accents, and this costs a fifth.
        WHEN octet_length(value) = length(value) THEN value
        ELSE translate(
            regexp_replace(
                normalize(
                    replace(replace(replace(replace(replace(value, 'ß', 'ss'),
                        'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'),
                    NFKD),
                '[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]',
                '', 'g'),
            'øØłŁđĐðÐıħĦ', 'oollddddihh')
    END)
$$;

-- The words of a name with a space before and after each: "B.V." is bv, "&" is en,
-- "O'Neill" is oneill, "Auto-Import" is two words.
CREATE FUNCTION adminmoves_words(value text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    words text := adminmoves_fold(replace(replace(
        translate(value, '''’‘‛`´ʼʹ′', ''), '&', ' en '), '+', ' en '));
BEGIN
    -- B.V. is bv and J.P. is jp, each by itself.
    words := regexp_replace(words,
        '(?<![[:alnum:]])([[:alpha:]])\.(?=[[:alpha:]](?![[:alnum:]]))', '\1', 'g');
    words := regexp_replace(' ' || words || ' ',
        '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f]+',
        ' ', 'g');
    -- Letters that stand alone belong together: b v is bv, v o f is vof.
    IF words ~ ' [^ 0-9] [^ 0-9] ' THEN
        words := regexp_replace(words, '(?<= [^ 0-9]) (?=[^ 0-9] )', '', 'g');
    END IF;
    RETURN words;
END $$;

-- What a typed word looks like in adminmoves_words; NULL if nothing of it is left.
-- Short words and numbers are found by how a word begins, one or two digits by a whole
-- word, everything else by any part.
CREATE FUNCTION adminmoves_word_pattern(word text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    words text := btrim(adminmoves_words(word));
BEGIN
    IF words = '' THEN
        RETURN NULL;
    ELSIF words ~ '^[0-9]{1,2}$' THEN
        RETURN '% ' || words || ' %';
    ELSIF length(words) < 3 OR words ~ '[0-9]' THEN
        RETURN '% ' || words || '%';
    END IF;
    RETURN '%' || words || '%';
END $$;
