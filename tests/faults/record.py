"""The owner's own line to the database, which outlives a restart of the server."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg2
from django.db import InterfaceError, OperationalError, connections
from psycopg2 import extensions

T = TypeVar("T")
SECONDS_AWAY = 60
"""So long may the database be away before a round gives up."""


class Record:
    """Asks and changes as the owner; what it changes is what a fault needs."""

    def __init__(self, connect: Callable[[], extensions.connection]) -> None:
        self._connect = connect
        self.connection = connect()

    def ask(self, statement: str, *params: object) -> list[tuple[Any, ...]]:
        """Rows, or none; asked again where the server was away."""
        deadline = time.monotonic() + SECONDS_AWAY
        while True:
            try:
                with self.connection.cursor() as cursor:
                    cursor.execute(statement, params or None)
                    return cursor.fetchall() if cursor.description else []
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
                self._again()

    def close(self) -> None:
        self.connection.close()

    def _again(self) -> None:
        try:
            self.connection = self._connect()
        except psycopg2.OperationalError:
            return  # still away


def steadily(act: Callable[[], T]) -> T:
    """What a person does, done again where the database was away."""
    deadline = time.monotonic() + SECONDS_AWAY
    while True:
        try:
            return act()
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            connections.close_all()
            time.sleep(0.2)
