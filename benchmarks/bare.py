"""Writes the rows of a run by bare psycopg2: one transaction per move.

The rows are read from a move that the worker carried out: those that it added, and the
columns that it changed. ``python -m benchmarks.bare``
takes its moves on standard input and says when it began and ended.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2 import extensions, extras, sql

Row = dict[str, Any]
ADDED = (
    "adminmoves_formerplace",
    "adminmoves_effect",
    "adminmoves_aftercare",
    "adminmoves_event",
)
ATTEMPT, MOVE, ADMINISTRATION = (
    "adminmoves_attempt",
    "adminmoves_move",
    "adminmoves_administration",
)
GENERATED = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND is_generated = 'ALWAYS'
"""
TRIGGER_SETS = frozenset({"id", "position", "at", "previous", "digest"})
"""The columns of an event that its trigger sets."""


@dataclass(frozen=True, slots=True)
class Written:
    """The rows that one run wrote: those added per table, and its attempt."""

    added: Mapping[str, Sequence[Row]]
    attempt: Row


def read_written(
    connection: extensions.connection, move_id: int, after: int
) -> Written:
    """Read the rows of a completed move; ``after``: the last event before its run."""
    with connection.cursor(cursor_factory=extras.RealDictCursor) as cursor:
        cursor.execute(GENERATED)
        left_out = {(row["table_name"], row["column_name"]) for row in cursor}

        def rows(table: str) -> list[Row]:
            newer = " AND id > %(after)s" if table == "adminmoves_event" else ""
            cursor.execute(
                f"SELECT * FROM {table} WHERE move_id = %(move)s{newer} ORDER BY id",  # noqa: S608 - tables of ours
                {"move": move_id, "after": after},
            )
            return [
                {
                    name: value
                    for name, value in row.items()
                    if (table, name) not in left_out
                    and name not in (TRIGGER_SETS if "event" in table else {"id"})
                }
                for row in cursor
            ]

        return Written({table: rows(table) for table in ADDED}, rows(ATTEMPT)[0])


def read_counts(written: Written) -> dict[str, int]:
    return {table: len(rows) for table, rows in written.added.items()}


def carry_out(cursor: extensions.cursor, target: Row, written: Written) -> None:
    """Write all that a run of this move writes; the caller commits.

    ``target``: the move's row, with ``public_id`` of its administration.
    """
    ours = {"move_id": target["id"], "administration_id": target["administration_id"]}
    attempt = {**written.attempt, **ours, "ended_at": None, "outcome": ""}
    del attempt["administration_id"]
    attempt["lease_until"] = extensions.AsIs("now() + interval '1 minute'")
    attempt["token"] = extensions.AsIs("gen_random_uuid()")
    insert(cursor, ATTEMPT, [attempt], returning="id, token")
    attempt_id, token = cursor.fetchone() or (0, "")
    cursor.execute(
        "UPDATE adminmoves_move SET state = 'RUNNING', state_since = now(),"
        " started_at = now(), dispatched_at = now() WHERE id = %s",
        [target["id"]],
    )
    cursor.execute("SELECT set_config('portal.lease', %s, true)", [str(token)])
    cursor.execute(
        "UPDATE adminmoves_administration SET connection_id = %s, environment_id = %s,"
        " code = %s, mail_address = %s, at_place_since = now() WHERE id = %s",
        [
            *(target[name] for name in ("to_connection_id", "to_environment_id")),
            *(target[name] for name in ("to_code", "to_address", "administration_id")),
        ],
    )
    for table, rows in written.added.items():
        own = {**ours, "attempt_id": attempt_id}
        insert(cursor, table, [_about(row, own, target) for row in rows])
    cursor.execute(
        "UPDATE adminmoves_attempt SET ended_at = now(), outcome = %s WHERE id = %s",
        [written.attempt["outcome"], attempt_id],
    )
    cursor.execute(
        "UPDATE adminmoves_move SET state = 'COMPLETED', state_since = now(),"
        " ended_at = now() WHERE id = %s",
        [target["id"]],
    )


def _about(row: Row, own: Row, target: Row) -> Row:
    """A row of the model run, changed to be about another move."""
    row = {name: own.get(name, value) for name, value in row.items()}
    if "stream" in row:
        of_move = row["stream"] == "move"
        stream_id = str(target["id"]) if of_move else target["public_id"]
        return {**row, "stream_id": stream_id}
    if "office_code" in row:
        return {**row, **_place_left(target)}
    return row


def _place_left(target: Row) -> Row:
    return {
        "environment_id": target["from_environment_id"],
        "connection_id": target["from_connection_id"],
        "code": target["from_code"],
        "mail_address": target["from_address"],
    }


def insert(
    cursor: extensions.cursor, table: str, rows: Sequence[Row], returning: str = ""
) -> None:
    """Insert all rows in one statement."""
    if not rows:
        return
    names = list(rows[0])
    statement = sql.SQL("INSERT INTO {} ({}) VALUES {} {}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(
            sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(names)))
            for _row in rows
        ),
        sql.SQL(f"RETURNING {returning}" if returning else ""),
    )
    cursor.execute(statement, [_plain(row[name]) for row in rows for name in names])


def _plain(value: Any) -> Any:
    return extras.Json(value) if isinstance(value, dict | list) else value


def main(url: str) -> None:
    """Read the work, wait for a line, do it, and print the two moments."""
    work = json.loads(sys.stdin.readline())
    connection = psycopg2.connect(url)
    written = {kind: Written(**parts) for kind, parts in work["written"].items()}
    cursor = connection.cursor()
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.time()
    for target in work["moves"]:
        carry_out(cursor, target, written[target["move_type"]])
        connection.commit()
    print(json.dumps([began, time.time()]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
