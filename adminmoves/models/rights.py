"""Rights of a database role beyond those that serving needs, read from the catalogue.

One query. Whatever it finds is a way round the guards, or the beginning of one.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

NO_SCHEMA = "search_path=pg_catalog, pg_temp"
"""Of a function that acts as the owner: it names the schema of all that it uses."""

FIXED_PATHS = ("search_path=pg_catalog, public, pg_temp", NO_SCHEMA)
INLINED = (
    "adminmoves_code_key",
    "adminmoves_event_digest",
    "adminmoves_is_ended",
    "adminmoves_is_open",
)
"""Without a path of their own, so that they stay fast; each name in them is fixed."""

FIRST_WITH_PARAMETER_RIGHTS = 150000

SENTENCES: Mapping[str, str] = {
    "no role": "there is no role {role}",
    "attribute": "{role} has the attribute {thing}: ALTER ROLE {role} NO{thing}",
    "member": "{role} is a member of {thing}: REVOKE {thing} FROM {role}",
    "owns": "{role} owns {thing}: drop it, or give it to the owner of the schema",
    "database": "{role} may {thing} in this database: REVOKE {thing} ON DATABASE"
    " … FROM PUBLIC, {role}",
    "schema": "{role} may create objects in schema {thing}: REVOKE CREATE ON SCHEMA"
    " {thing} FROM PUBLIC, {role}",
    "beyond": "{role} may {thing}, which is not in the list: run grant_app_role as the"
    " owner",
    "lacking": "{role} may not {thing}, and serving needs it: run grant_app_role as the"
    " owner",
    "function": "{role} may execute {thing}, which is not in the list: run"
    " grant_app_role as the owner",
    "parameter": "{role} may set {thing}: REVOKE SET ON PARAMETER {thing} FROM PUBLIC,"
    " {role}",
    "foreign": "{thing} in schema public belongs to another role than the tables do:"
    " look at it, then drop it",
    "path": "{thing} has no fixed search_path: run migrate",
    "trigger": "the trigger {thing} is switched off: ALTER TABLE … ENABLE TRIGGER …",
}

# Who is a member of nothing, owns nothing and is no superuser has just the rights that
# stand in the lists of rights, for the role itself or for PUBLIC (grantee 0).
FINDINGS = """
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
"""
PARAMETERS = """
UNION ALL
SELECT 'parameter', p.parname
FROM me, pg_catalog.pg_parameter_acl p
CROSS JOIN LATERAL pg_catalog.aclexplode(p.paracl) AS acl
WHERE acl.grantee IN (0, me.oid)
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One right too many or too few, or a guard that does not stand as it should."""

    kind: str
    thing: str
    role: str

    def __str__(self) -> str:
        return SENTENCES[self.kind].format(role=self.role, thing=self.thing)


def find_excess(
    role: str, tables: Mapping[str, Collection[str]], functions: Collection[str]
) -> list[Finding]:
    """Compare the role's rights with the listed ones; in the order of the kinds.

    ``tables``: privileges by table; ``functions``: signatures that it may execute.
    """
    listed = json.dumps({name: list(rights) for name, rights in tables.items()})
    params: dict[str, Any] = {
        "role": role,
        "tables": listed,
        "functions": list(functions),
        "inlined": list(INLINED),
        "paths": list(FIXED_PATHS),
        "no_schema": NO_SCHEMA,
    }
    with connection.cursor() as cursor:
        version = cursor.connection.server_version
        has_parameters = version >= FIRST_WITH_PARAMETER_RIGHTS
        cursor.execute(FINDINGS + (PARAMETERS if has_parameters else ""), params)
        return [Finding(kind, thing, role) for kind, thing in cursor.fetchall()]
