"""The two database roles and the driver, as tests see them."""

import os
import subprocess
import sys

import psycopg2
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from migrations_portal.supervisor.state import CHECKOUT
from tests.servers import Connect, with_database

TIME_LIMIT = """
import {module}
from django.db import connection

with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(cursor.fetchone()[0])
"""


def test_the_driver_is_psycopg2() -> None:
    assert not is_psycopg3


@pytest.mark.django_db
def test_django_connects_as_the_app_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('is_superuser')")

        assert cursor.fetchone() == ("portal_app", "off")


def test_the_app_role_cannot_truncate(
    app_sql: Connect,
) -> None:
    with (
        app_sql().cursor() as cursor,
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
    ):
        cursor.execute("TRUNCATE auth_group CASCADE")


@pytest.mark.django_db
def test_a_forgotten_transaction_ends_before_the_lease_does() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")

        assert cursor.fetchone() == ("45s",)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("module", "limit"),
    [
        ("migrations_portal.wsgi", "7s"),
        ("migrations_portal.celery, django; django.setup()", "0"),
        ("django; django.setup()", "0"),
    ],
    ids=["web", "worker", "command"],
)
def test_only_whoever_reads_a_page_is_cut_short(
    module: str, limit: str, database_name: str
) -> None:
    result = subprocess.run(
        [sys.executable, "-c", TIME_LIMIT.format(module=module)],
        cwd=CHECKOUT,
        env={
            **os.environ,
            "DATABASE_URL": with_database(os.environ["DATABASE_URL"], database_name),
            "DJANGO_SETTINGS_MODULE": "migrations_portal.settings",
            "PORTAL_STATEMENT_SECONDS": "7",
        },
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout.strip() == limit
