"""The two database roles and the driver, as tests see them."""

import psycopg2
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from tests.servers import Connect


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
