"""Makes the databases of a measurement: copies of the migrated template."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg2
from django.db import connections
from psycopg2 import extensions, sql

from adminmoves.management.commands.grant_app_role import database_statements
from migrations_portal.supervisor.servers import role_in

OWNER, APP, SUPERUSER = "DATABASE_OWNER_URL", "DATABASE_URL", "BENCH_SUPERUSER_URL"


def url_of(role: str, name: str) -> str:
    return urlunsplit(urlsplit(os.environ[role])._replace(path=f"/{name}"))


def connected(role: str, name: str) -> extensions.connection:
    """Connect in autocommit, without Django."""
    connection = psycopg2.connect(url_of(role, name))
    connection.autocommit = True
    return connection


@contextmanager
def database(name: str) -> Iterator[str]:
    """Make a copy of the migrated template, and drop it at the end."""
    with copied(urlsplit(os.environ[APP]).path[1:], name):
        yield name


@contextmanager
def copied(template: str, name: str) -> Iterator[str]:
    connections.close_all()
    _execute("CREATE DATABASE {} TEMPLATE {}", name, template)
    # A copy does not carry the rights on the database itself.
    for statement in database_statements(role_in(os.environ[APP]), name):
        _execute(statement)
    try:
        yield name
    finally:
        connections.close_all()
        _execute("DROP DATABASE {} WITH (FORCE)", name)


def _execute(statement: str, *names: str) -> None:
    with closing(connected(OWNER, "postgres")) as server, server.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def use(role: str, name: str) -> None:
    """Connect Django to this database in this role from now on."""
    url = urlsplit(os.environ[role])
    app = connections["default"]
    app.close()
    app.settings_dict.update(
        NAME=name,
        USER=unquote(url.username or ""),
        PASSWORD=unquote(url.password or ""),
    )


@contextmanager
def as_owner(name: str) -> Iterator[None]:
    """Use the owner in the block, to fill, and the app role after it, to measure."""
    use(OWNER, name)
    try:
        yield
    finally:
        use(APP, name)
