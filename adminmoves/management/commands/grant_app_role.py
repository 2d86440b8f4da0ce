"""Gives the app role exactly what serving needs; run by the owner after migrate."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

READ = ("SELECT",)
APPEND = (*READ, "INSERT")
CHANGE = (*APPEND, "UPDATE")
FULL = (*CHANGE, "DELETE")

GRANTS: Mapping[str, tuple[str, ...]] = {
    # Facts that people and moves change, and nobody removes.
    "adminmoves_administration": CHANGE,
    "adminmoves_aftercare": CHANGE,
    "adminmoves_attempt": CHANGE,
    "adminmoves_bookkeepingconnection": CHANGE,
    "adminmoves_cleanup": CHANGE,
    "adminmoves_connectiongrant": CHANGE,
    "adminmoves_connectionline": CHANGE,
    "adminmoves_document": CHANGE,
    "adminmoves_environment": CHANGE,
    "adminmoves_move": CHANGE,
    "adminmoves_packageprofile": CHANGE,
    "adminmoves_parties": CHANGE,
    "adminmoves_queueswitch": CHANGE,
    # The record: what was said and done stays as it was said and done.
    "adminmoves_approvalloan": APPEND,
    "adminmoves_contributor": APPEND,
    "adminmoves_effect": APPEND,
    "adminmoves_event": APPEND,
    "adminmoves_evidencefile": APPEND,
    "adminmoves_eventwords": APPEND,
    "adminmoves_formerplace": APPEND,
    "adminmoves_loanend": APPEND,
    "adminmoves_proof": APPEND,
    "adminmoves_proofwords": APPEND,
    # Only the trail's trigger writes the heads, as the owner.
    "adminmoves_streamhead": READ,
    # What a package last showed, and the newest calls: not the record.
    "adminmoves_connectioncall": FULL,
    "adminmoves_connectionlist": CHANGE,
    # Who is alive; what is silent for a day is forgotten.
    "adminmoves_workerbeat": FULL,
    # What a run copied and what it left behind, until the clean-up.
    "adminmoves_documentcopy": FULL,
    "adminmoves_leftover": FULL,
    # Choices: removing one means "as it was by default".
    "adminmoves_checkseverity": FULL,
    "adminmoves_executionwindow": FULL,
    "adminmoves_freeze": FULL,
    "adminmoves_preferences": FULL,
    # Django's own. The roles are the schema's; people are switched off, not removed.
    "auth_group": READ,
    "auth_group_permissions": READ,
    "auth_permission": READ,
    "auth_user": CHANGE,
    "auth_user_groups": FULL,
    "auth_user_user_permissions": READ,
    "axes_accessattempt": FULL,
    "axes_accessattemptexpiration": FULL,
    "axes_accessfailurelog": FULL,
    "axes_accesslog": FULL,
    "django_admin_log": APPEND,
    "django_content_type": READ,
    "django_migrations": READ,
    "django_session": FULL,
}


class Command(BaseCommand):
    help = "Give the app role its rights on every table. Run it as the owner."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", nargs="?", default="portal_app")
        parser.add_argument(
            "--print",
            action="store_true",
            dest="only_print",
            help="Print the SQL for whoever manages the database; change nothing.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        script = list(statements(options["role"]))
        if options["only_print"]:
            self.stdout.write("".join(f"{statement};\n" for statement in script))
            return
        refuse_unlisted_tables()
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in script:
                cursor.execute(statement)


def statements(role: str) -> Iterator[str]:
    """The SQL that takes every right from the role and gives the listed ones."""
    name = connection.ops.quote_name(role)
    yield f"GRANT USAGE ON SCHEMA public TO {name}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {name}"
    for table, rights in GRANTS.items():
        yield f"GRANT {', '.join(rights)} ON {table} TO {name}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}"


def refuse_unlisted_tables() -> None:
    """A new table must get a line above before anybody can use it."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    if tables != set(GRANTS):
        differing = ", ".join(sorted(tables ^ set(GRANTS)))
        raise CommandError(
            f"These tables stand in the database or in GRANTS, but not in both: "
            f"{differing}. Decide in grant_app_role.py what the app role may do."
        )
