-- Every moment and day of our tables lies in years that everybody can read: Python knows no
-- year before 1 or after 9999, and no zone reaches either.
-- A migration that adds such a column runs this again: it adds what is missing.
DO $$ DECLARE
    missing record;
BEGIN
    FOR missing IN
        SELECT c.oid::regclass AS held_table, a.attname AS held_column,
               a.attname || '_in_calendar' AS rule
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::pg_catalog.regnamespace AND c.relkind = 'r'
          AND c.relname LIKE 'adminmoves\_%'
          AND a.atttypid IN ('timestamptz'::regtype, 'date'::regtype)
          AND NOT EXISTS (SELECT FROM pg_constraint r WHERE r.conrelid = c.oid
                          AND r.conname = a.attname || '_in_calendar')
        ORDER BY c.relname, a.attname
    LOOP
        EXECUTE format(
            'ALTER TABLE %s ADD CONSTRAINT %I CHECK (%I >= %L AND %I < %L)',
            missing.held_table, missing.rule,
            missing.held_column, '1900-01-01 00:00:00+00',
            missing.held_column, '2200-01-01 00:00:00+00');
    END LOOP;
END $$;
