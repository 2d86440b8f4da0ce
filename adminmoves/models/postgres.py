"""What PostgreSQL is asked besides rows: locks, settings and its role."""

from django.db import connection


def advisory_lock(*key: int) -> None:
    """Wait for a lock on a key of one or two numbers; the end of the transaction frees
    it."""
    _call("pg_advisory_xact_lock", *key)


def shared_advisory_lock(*key: int) -> None:
    """The same; only ``advisory_lock`` waits for who shares it."""
    _call("pg_advisory_xact_lock_shared", *key)


def set_local(name: str, value: str) -> None:
    """Set a setting until the transaction ends."""
    _call("set_config", name, value, True)


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role: str = cursor.fetchone()[0]
        return role


def _call(function: str, *params: int | str) -> None:
    places = ", ".join(["%s"] * len(params))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({places})", params)
