"""Compares the rights of a database role with the listed ones, by one query.

Each finding is a way round the guards, or the beginning of one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from adminmoves.models.app_role_rights import EXECUTED, GRANTS
from adminmoves.models.sql import sql_beside

NO_SCHEMA = "search_path=pg_catalog, pg_temp"
"""For a function that acts as the owner; it names the schema of all that it uses."""

FIXED_PATHS = ("search_path=pg_catalog, public, pg_temp", NO_SCHEMA)
INLINED = (
    "adminmoves_code_key",
    "adminmoves_event_digest",
    "adminmoves_is_ended",
    "adminmoves_is_open",
)
"""Functions without a path of their own: PostgreSQL inlines no function that has one.

Each name in them has its schema."""

FIRST_WITH_PARAMETER_RIGHTS = 150000
"""PostgreSQL 15, as its server tells its version."""

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

STATEMENT = sql_beside(__file__, "app_role_check")
PARAMETERS = sql_beside(__file__, "app_role_check_parameters")


@dataclass(frozen=True, slots=True)
class RightsFinding:
    """One right too many or too few, or a guard that does not stand as it should."""

    kind: str
    thing: str
    role: str

    def __str__(self) -> str:
        return SENTENCES[self.kind].format(role=self.role, thing=self.thing)


def check_rights(role: str) -> list[RightsFinding]:
    """Compare the role's rights with the listed ones; in the order of the kinds."""
    params: dict[str, str | list[str]] = {
        "role": role,
        "tables": json.dumps(dict(GRANTS)),
        "functions": list(EXECUTED),
        "inlined": list(INLINED),
        "paths": list(FIXED_PATHS),
        "no_schema": NO_SCHEMA,
    }
    with connection.cursor() as cursor:
        version = cursor.connection.server_version
        has_parameters = version >= FIRST_WITH_PARAMETER_RIGHTS
        cursor.execute(STATEMENT + (PARAMETERS if has_parameters else ""), params)
        return [RightsFinding(kind, thing, role) for kind, thing in cursor]
