"""Makes real workers stand still at a chosen write, so that faults meet them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2 import extensions


def until(holds: Callable[[], bool], seconds: float = 40) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


@contextmanager
def stuck_at(owner: extensions.connection, table: str) -> Iterator[Callable[[], bool]]:
    """Hold a table, so that a worker stands still where it writes there.

    Gives a function that says whether somebody stands there now.
    """
    holder = psycopg2.connect(owner.dsn, password=owner.info.password)
    with holder.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")

    def somebody_waits() -> bool:
        with owner.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
                " AND relation = %s::regclass",
                [table],
            )
            row = cursor.fetchone()
            return row is not None and row[0] > 0

    yield somebody_waits
    holder.close()
