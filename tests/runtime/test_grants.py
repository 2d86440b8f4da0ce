"""What the app role may do: one table of rights, and the database agrees."""

import subprocess
import sys

import pytest
from django.db import connection
from psycopg2 import extensions

from adminmoves.management.commands.grant_app_role import APPEND, GRANTS, READ
from migrations_portal.supervisor.state import CHECKOUT

TRAIL = (
    "event",
    "eventwords",
    "proof",
    "proofwords",
    "evidencefile",
    "contributor",
    "effect",
)
RIGHTS = """
    SELECT tablename, array_agg(privilege ORDER BY place)
    FROM pg_tables,
         unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE',
                      'REFERENCES', 'TRIGGER']) WITH ORDINALITY AS p(privilege, place)
    WHERE schemaname = 'public'
      AND has_table_privilege('portal_app', 'public.' || tablename, privilege)
    GROUP BY tablename
"""


def test_the_app_role_has_the_listed_rights_and_no_other(
    owner: extensions.connection,
) -> None:
    with owner.cursor() as cursor:
        cursor.execute(RIGHTS)
        held = {table: tuple(rights) for table, rights in cursor}

    assert held == GRANTS


def test_what_was_said_and_done_can_only_be_added() -> None:
    rights = {name: GRANTS[f"adminmoves_{name}"] for name in TRAIL}

    assert rights == dict.fromkeys(TRAIL, APPEND)
    assert GRANTS["adminmoves_streamhead"] == READ


def test_the_app_role_owns_nothing_and_may_not_create(
    owner: extensions.connection,
) -> None:
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT has_schema_privilege('portal_app', 'public', 'CREATE'),"
            " (SELECT count(*) FROM pg_tables WHERE tableowner = 'portal_app'),"
            " rolsuper, rolcreaterole, rolcreatedb"
            " FROM pg_roles WHERE rolname = 'portal_app'"
        )

        assert cursor.fetchone() == (False, 0, False, False, False)


@pytest.mark.django_db
def test_every_table_of_the_database_is_listed() -> None:
    assert set(connection.introspection.table_names()) == set(GRANTS)


def test_the_script_can_be_printed_for_a_managed_server() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "grant_app_role", "office", "--print"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()

    assert lines[:3] == [
        'GRANT USAGE ON SCHEMA public TO "office";',
        'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "office";',
        'REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM "office";',
    ]
    assert len(lines) == 3 + len(GRANTS) + 1
