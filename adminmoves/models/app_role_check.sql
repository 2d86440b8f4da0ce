-- The rights of a role that differ from the listed ones, and the guards that are switched
-- off. One row per finding: kind, thing.
-- A role that is a member of nothing, owns nothing and is no superuser has only the
-- rights that the catalogue lists for itself or for PUBLIC (grantee 0).
WITH me AS (
    SELECT * FROM pg_catalog.pg_roles WHERE rolname = %(role)s
), ours AS (
    SELECT c.oid, c.relname, c.relkind, c.relacl
    FROM pg_catalog.pg_class c
    WHERE c.relnamespace = 'public'::pg_catalog.regnamespace
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                        AND d.objid = c.oid AND d.deptype = 'e')
), routines AS (
    SELECT p.oid, p.proname, p.proowner, p.proconfig, p.prolang, p.prosecdef,
           p.oid::pg_catalog.regprocedure::text AS signature,
           coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner)) AS acl
    FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'public'::pg_catalog.regnamespace
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                      WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                        AND d.objid = p.oid AND d.deptype = 'e')
), owner AS (
    SELECT c.relowner AS oid FROM pg_catalog.pg_class c
    WHERE c.relnamespace = 'public'::pg_catalog.regnamespace
      AND c.relname = 'adminmoves_event'
), listed AS (
    SELECT t.key AS relname, p.value AS privilege
    FROM pg_catalog.jsonb_each(%(tables)s::jsonb) AS t
    CROSS JOIN LATERAL pg_catalog.jsonb_array_elements_text(t.value) AS p(value)
), held AS (
    SELECT ours.relname, acl.privilege_type AS privilege, acl.is_grantable, ours.relkind
    FROM me, ours CROSS JOIN LATERAL pg_catalog.aclexplode(ours.relacl) AS acl
    WHERE acl.grantee IN (0, me.oid)
)
SELECT 'no role', %(role)s WHERE NOT EXISTS (SELECT FROM me)
UNION ALL
SELECT 'attribute', a.name
FROM me CROSS JOIN LATERAL (VALUES
    ('SUPERUSER', me.rolsuper), ('CREATEROLE', me.rolcreaterole),
    ('CREATEDB', me.rolcreatedb), ('REPLICATION', me.rolreplication),
    ('BYPASSRLS', me.rolbypassrls)) AS a(name, given) WHERE a.given
UNION ALL
SELECT 'member', r.rolname
FROM me JOIN pg_catalog.pg_auth_members m ON m.member = me.oid
JOIN pg_catalog.pg_roles r ON r.oid = m.roleid
UNION ALL
SELECT 'owns', pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
FROM me JOIN pg_catalog.pg_shdepend d ON d.refobjid = me.oid AND d.deptype = 'o'
    AND d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
WHERE d.dbid IN (0, (SELECT oid FROM pg_catalog.pg_database
                     WHERE datname = pg_catalog.current_database()))
UNION ALL
SELECT 'database', p.name
FROM me CROSS JOIN (VALUES ('CREATE'), ('TEMPORARY')) AS p(name)
WHERE pg_catalog.has_database_privilege(
    me.oid, pg_catalog.current_database(), p.name)
UNION ALL
SELECT 'schema', n.nspname::text
FROM me CROSS JOIN pg_catalog.pg_namespace n
WHERE n.nspname !~ '^pg_(toast_)?temp_'
  AND pg_catalog.has_schema_privilege(me.oid, n.oid, 'CREATE')
UNION ALL
SELECT 'beyond', pg_catalog.format('%%s on %%s%%s', h.privilege, h.relname,
    CASE WHEN h.is_grantable THEN ' and grant it' ELSE '' END)
FROM held h
WHERE h.is_grantable OR NOT EXISTS (
    SELECT FROM listed l
    WHERE l.relname = h.relname AND l.privilege = h.privilege)
UNION ALL
SELECT 'beyond', pg_catalog.format('%%s on column %%s of %%s',
                                   acl.privilege_type, a.attname, ours.relname)
FROM me, ours JOIN pg_catalog.pg_attribute a ON a.attrelid = ours.oid
    AND a.attacl IS NOT NULL AND NOT a.attisdropped
CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) AS acl
WHERE acl.grantee IN (0, me.oid)
UNION ALL
SELECT 'lacking', pg_catalog.format('%%s on %%s', l.privilege, l.relname)
FROM listed l JOIN ours ON ours.relname = l.relname
CROSS JOIN me
WHERE NOT EXISTS (SELECT FROM held h
                  WHERE h.relname = l.relname AND h.privilege = l.privilege)
UNION ALL
SELECT 'function', r.signature
FROM routines r CROSS JOIN LATERAL pg_catalog.aclexplode(r.acl) AS acl CROSS JOIN me
WHERE acl.grantee IN (0, me.oid)
  AND (acl.is_grantable OR NOT r.signature = ANY (%(functions)s))
UNION ALL
SELECT 'lacking', 'EXECUTE on ' || r.signature
FROM routines r CROSS JOIN me
WHERE r.signature = ANY (%(functions)s)
  AND NOT pg_catalog.has_function_privilege(me.oid, r.oid, 'EXECUTE')
UNION ALL
SELECT 'foreign', r.signature FROM routines r, owner WHERE r.proowner <> owner.oid
UNION ALL
SELECT 'foreign', 'operator ' || o.oid::pg_catalog.regoperator::text
FROM pg_catalog.pg_operator o, owner
WHERE o.oprnamespace = 'public'::pg_catalog.regnamespace AND o.oprowner <> owner.oid
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass
                    AND d.objid = o.oid AND d.deptype = 'e')
UNION ALL
SELECT 'path', r.signature
FROM routines r, owner
WHERE r.proowner = owner.oid AND NOT r.proname = ANY (%(inlined)s)
  AND NOT coalesce(r.proconfig, '{}')
          && CASE WHEN r.prosecdef THEN ARRAY[%(no_schema)s] ELSE %(paths)s END
UNION ALL
SELECT 'trigger', pg_catalog.format('%%s of %%s', t.tgname, ours.relname)
FROM ours JOIN pg_catalog.pg_trigger t ON t.tgrelid = ours.oid
WHERE t.tgenabled IN ('D', 'R')
