"""Gives the app role exactly what serving needs; the owner runs it after migrate.

A restore without privileges, a new server and an upgrade all end with this script. It
names each right that it cannot take away, with the remedy.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from adminmoves.models.app_role_check import check_rights
from adminmoves.models.app_role_rights import EXECUTED, GRANTS, OWNED
from adminmoves.models.sql import sql_beside

# Only functions that the current role may manage: one of another role's would end the
# script, and refuse_excess names it.
REVOKE_FUNCTIONS = sql_beside(__file__, "revoke_functions").rstrip()
CALLABLE = sql_beside(__file__, "callable_functions")


class Command(BaseCommand):
    help = "Give the app role its rights on everything. Run it as the owner."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", nargs="?", default="portal_app")
        parser.add_argument(
            "--print",
            action="store_true",
            dest="only_print",
            help="Print the SQL for whoever manages the database; change nothing.",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            dest="only_check",
            help="Tell what differs from the list; change nothing. Any role may.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        role, database = options["role"], connection.settings_dict["NAME"]
        script = list(statements(role, database))
        if options["only_print"]:
            lines = ("BEGIN", *script, "COMMIT")
            self.stdout.write("".join(f"{statement};\n" for statement in lines))
            return
        if not options["only_check"]:
            refuse_unlisted()
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in script:
                    cursor.execute(statement)
        refuse_excess(role)


def statements(role: str, database: str) -> Iterator[str]:
    """The SQL that takes every right from the role and gives the listed ones.

    Run it in one transaction: the path that it sets keeps the owner from calling an
    object that somebody else made in schema public.
    """
    name = connection.ops.quote_name(role)
    yield "SET LOCAL search_path = pg_catalog, pg_temp"
    yield from database_statements(role, database)
    yield f"REVOKE ALL ON SCHEMA public FROM {name}"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {name}"
    for kind in ("TABLES", "SEQUENCES"):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM PUBLIC, {name}"
    in_format = name.replace("%", "%%").replace("'", "''")
    yield REVOKE_FUNCTIONS.replace("{role}", in_format)
    # What a later migration makes begins without a right for anybody.
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        yield f"ALTER DEFAULT PRIVILEGES REVOKE ALL ON {kind} FROM PUBLIC, {name}"
        yield (
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON {kind}"
            f" FROM PUBLIC, {name}"
        )
    for table, rights in GRANTS.items():
        yield f"GRANT {', '.join(rights)} ON public.{table} TO {name}"
    for signature in EXECUTED:
        yield f"GRANT EXECUTE ON FUNCTION {in_schema(signature)} TO {name}"


def database_statements(role: str, database: str) -> Iterator[str]:
    """Rights on the database itself, which neither a dump nor a template carries."""
    name = connection.ops.quote_name(role)
    where = f"DATABASE {connection.ops.quote_name(database)}"
    yield f"REVOKE ALL ON {where} FROM {name}"
    yield f"REVOKE CREATE, TEMPORARY ON {where} FROM PUBLIC"
    yield f"GRANT CONNECT ON {where} TO {name}"


def in_schema(signature: str) -> str:
    """The signature with its schema, and with that of our own types."""
    return f"public.{signature}".replace("(adminmoves_", "(public.adminmoves_")


def refuse_unlisted() -> None:
    """Raise CommandError if database and lists name other tables or functions."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute(CALLABLE)
        functions = {signature for (signature,) in cursor}
    if differing := (tables ^ set(GRANTS)) | (functions ^ {*EXECUTED, *OWNED}):
        raise CommandError(
            "These stand in the database or in the lists of models/app_role_rights.py,"
            f" but not in both: {', '.join(sorted(differing))}. Decide there what the"
            " app role may do."
        )


def refuse_excess(role: str) -> None:
    """Raise CommandError if rights differ that only a manager can take or give."""
    if found := check_rights(role):
        lines = "\n".join(f"- {finding}" for finding in found)
        raise CommandError(
            f"The rights of {role} are not those of the list. Whoever manages the"
            f" database has to mend:\n{lines}"
        )
