"""Servers that somebody else looks after: managed PostgreSQL and Redis."""

import os
import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from migrations_portal.supervisor.servers import Urls
from tests.runtime.portals import Portal, a_checkout
from tests.servers import Broker, as_owner, drop_database, with_database

pytestmark = pytest.mark.workers

WHERE = """
from django.db import connection
print(connection.settings_dict["NAME"])
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    with a_checkout(tmp_path) as checkout:
        yield checkout


@pytest.fixture
def given_database() -> Iterator[tuple[str, str]]:
    """An empty database on a server that the portal did not start: both URLs."""
    name = f"given_{secrets.token_hex(4)}"
    owner = os.environ["DATABASE_OWNER_URL"]
    with closing(as_owner("postgres")) as server, server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield with_database(os.environ["DATABASE_URL"], name), with_database(owner, name)
    drop_database(name)


def test_given_servers_are_used_instead_of_our_own(
    checkout: Path, given_database: tuple[str, str], broker: Broker
) -> None:
    app, owner = given_database
    portal = Portal(
        checkout, DATABASE_URL=app, DATABASE_OWNER_URL=owner, REDIS_URL=broker.url
    )
    try:
        portal.wait_until_it_serves()
        commands = " ".join(portal.children().values())
        where = portal.shell(WHERE)
    finally:
        portal.interrupt()

    assert where == urlsplit(app).path[1:]
    assert "postgres" not in commands.replace(app, "")
    assert "valkey-server" not in commands


def test_the_app_role_is_the_one_that_the_given_url_names() -> None:
    urls = Urls("postgres://p%40app:a@db.example:5432/p", "", "")

    assert urls.app_role == "p@app"
