"""Gives the app role exactly what serving needs; run by the owner after migrate.

The one place of all rights: a restore without privileges, a new server and an upgrade
all end with this script. Whatever it cannot take away is named, with the remedy.
"""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from adminmoves.models.rights import find_excess

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
    "adminmoves_retirement": CHANGE,
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
    # Which folder or bucket is ours; said once.
    "adminmoves_storemark": APPEND,
    # Only the trail's trigger writes the heads, as the owner.
    "adminmoves_streamhead": READ,
    # Only triggers write what an administration is found by, as the owner.
    "adminmoves_administrationsearch": READ,
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

EXECUTED: Mapping[str, str] = {
    # By guards and generated columns, which act as who writes, and by verify_audit.
    "adminmoves_code_key(text,text)": "how two codes compare",
    "adminmoves_code_letters(text)": "how the search table writes codes",
    "adminmoves_event_digest(adminmoves_event)": "checked by who reads the trail",
    "adminmoves_fold(text)": "how a search compares codes",
    "adminmoves_is_ended(text)": "the states in which a move has ended",
    "adminmoves_is_open(text)": "the states in which a move holds its place",
    "adminmoves_is_seen(text)": "which signs nobody sees",
    "adminmoves_refuse(text,text)": "how a guard refuses",
    "adminmoves_require_retirable(bigint,text)": "what may be retired as things are",
    "adminmoves_word_pattern(text)": "how a search finds a typed word",
    "adminmoves_words(text)": "how names are compared and sorted",
}
"""Functions that the app role executes. Triggers need no such right, and a trigger's
function that it could execute would be one that it could put on a table of its own."""

OWNED = frozenset(
    {
        "adminmoves_index_administrations(bigint[])",
        "adminmoves_place_codes(text,text,text,text)",
    }
)
"""Functions that only triggers of the owner call; the app role does not."""

# Only those that who runs this may manage; another's function is told afterwards.
REVOKE_FUNCTIONS = """DO $$ DECLARE routine pg_catalog.regprocedure; BEGIN
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
END $$"""


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

    In one transaction: its path keeps objects that somebody else made in schema public
    from being called by who runs this.
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
    """The rights on the database itself; neither a dump nor a template carries them."""
    name = connection.ops.quote_name(role)
    where = f"DATABASE {connection.ops.quote_name(database)}"
    yield f"REVOKE ALL ON {where} FROM {name}"
    yield f"REVOKE CREATE, TEMPORARY ON {where} FROM PUBLIC"
    yield f"GRANT CONNECT ON {where} TO {name}"


def in_schema(signature: str) -> str:
    """The signature with its schema; of the types ours alone need one."""
    return f"public.{signature}".replace("(adminmoves_", "(public.adminmoves_")


CALLABLE = """
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'adminmoves%'
      AND p.prorettype <> 'trigger'::regtype
"""


def refuse_unlisted() -> None:
    """A new table or function gets a line above before anybody can use it."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute(CALLABLE)
        functions = {signature for (signature,) in cursor}
    if differing := (tables ^ set(GRANTS)) | (functions ^ {*EXECUTED, *OWNED}):
        raise CommandError(
            "These stand in the database or in the lists of grant_app_role.py, but not"
            f" in both: {', '.join(sorted(differing))}. Decide there what the app role"
            " may do."
        )


def refuse_excess(role: str) -> None:
    """What the script could not bring about: another role's doing, or a manager's."""
    if found := find_excess(role, GRANTS, EXECUTED):
        lines = "\n".join(f"- {finding}" for finding in found)
        raise CommandError(
            f"The rights of {role} are not those of the list. Whoever manages the"
            f" database has to mend:\n{lines}"
        )
