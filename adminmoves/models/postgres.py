"""PostgreSQL's functions besides rows: locks, settings, roles."""

from typing import Any

from django.db import connection


def advisory_lock(*key: int) -> None:
    """Wait for a lock on a key of one or two numbers; the end of the transaction frees
    it."""
    call("pg_advisory_xact_lock", *key)


def shared_advisory_lock(*key: int) -> None:
    """The same; only ``advisory_lock`` waits for who shares it."""
    call("pg_advisory_xact_lock_shared", *key)


def set_local(name: str, value: str) -> None:
    """Set a setting until the transaction ends."""
    call("set_config", name, value, True)


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role: str = cursor.fetchone()[0]
        return role


def is_owner(table: str) -> bool:
    """Whether the current role owns a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_userbyid(relowner) = current_user FROM pg_class"
            " WHERE oid = %s::regclass",
            [table],
        )
        owns: bool = cursor.fetchone()[0]
        return owns


def call(function: str, *params: int | str | list[int]) -> Any:
    """Return the one value of a function."""
    places = ", ".join(["%s"] * len(params))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({places})", params)
        return cursor.fetchone()[0]
