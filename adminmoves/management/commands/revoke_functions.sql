DO $$ DECLARE routine pg_catalog.regprocedure; BEGIN
    FOR routine IN
        SELECT p.oid FROM pg_catalog.pg_proc p
        WHERE p.pronamespace = 'public'::pg_catalog.regnamespace
          AND pg_catalog.pg_has_role(p.proowner, 'USAGE')
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                          WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                            AND d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE pg_catalog.format(
            'REVOKE ALL ON ROUTINE %s FROM PUBLIC, {role}', routine);
    END LOOP;
END $$
