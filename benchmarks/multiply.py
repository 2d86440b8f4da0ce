"""Multiplies a made estate by SQL: each copy has its own offices, moves and events.

The result is for reading only. The moments of all copies are compressed, one copy after
the other, so that a later number is a later moment in the large estate too. Foreign
keys and triggers are off (``session_replication_role``), so digests are those of the
originals.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from psycopg2 import extensions, sql

from benchmarks.databases import SUPERUSER, connected

OFFICES, CONNECTIONS, ADMINISTRATIONS, MOVES, FORMER_PLACES, EVENTS = (
    "adminmoves_environment",
    "adminmoves_bookkeepingconnection",
    "adminmoves_administration",
    "adminmoves_move",
    "adminmoves_formerplace",
    "adminmoves_event",
)
TABLES = (OFFICES, CONNECTIONS, ADMINISTRATIONS, MOVES, FORMER_PLACES, EVENTS)
SEARCH_TABLES = ("adminmoves_administrationsearch", "adminmoves_searchcode")
EVENTS_PER_MOVE = (
    "MOVE_DRAFTED",
    "MOVE_APPROVED",
    "MOVE_COMPLETED",
    "ADMINISTRATION_MOVED",
)
"""Four of the nine events of a move; both estates have only these."""
REFERS = {
    "environment_id": OFFICES,
    "from_environment_id": OFFICES,
    "to_environment_id": OFFICES,
    "other_environment_id": OFFICES,
    "connection_id": CONNECTIONS,
    "from_connection_id": CONNECTIONS,
    "to_connection_id": CONNECTIONS,
    "administration_id": ADMINISTRATIONS,
    "move_id": MOVES,
    # Only the page of a move reads its proof, and the benchmark reads only originals.
    "proof_id": "",
}
OWN_PER_COPY = {
    OFFICES: ("public_id", "office_code"),
    CONNECTIONS: ("public_id",),
    ADMINISTRATIONS: ("public_id", "code", "name"),
    FORMER_PLACES: ("code", "office_code"),
    MOVES: ("from_code", "to_code"),
    EVENTS: ("subject",),
}
COLUMNS = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
ORDER BY ordinal_position
"""
PLAIN_INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY(%s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""

UNIQUE_CONSTRAINTS = """
SELECT k.conrelid::regclass::text, k.conname, pg_get_constraintdef(k.oid)
FROM pg_constraint k WHERE k.contype = 'u' AND k.conrelid = ANY(%s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint f
                  WHERE f.contype = 'f' AND f.conindid = k.conindid)
"""
CONNECTIONS_AT_ONCE = 2
Work = Callable[[extensions.cursor], None]


@dataclass(frozen=True, slots=True)
class Indexes:
    """The statements that drop indexes and constraints, and make them again."""

    drop: list[str]
    make: list[str]
    add: list[str]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The first and last moment of the originals, and the number of copies in all."""

    first: object
    last: object
    copies: int


def keep_few_events(name: str) -> None:
    """Delete the events from the small estate that the large one will not have."""
    with closing(connected(SUPERUSER, name)) as server, server.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "DELETE FROM adminmoves_eventwords w USING adminmoves_event e"
            " WHERE e.id = w.event_id AND e.code <> ALL(%s)",
            [list(EVENTS_PER_MOVE)],
        )
        cursor.execute(
            "DELETE FROM adminmoves_event WHERE code <> ALL(%s)",
            [list(EVENTS_PER_MOVE)],
        )
        cursor.execute("VACUUM FULL ANALYZE adminmoves_event")


def multiply(name: str, times: int) -> None:
    """Multiply the estate by a factor; two tables at a time, indexes last."""
    with closing(connected(SUPERUSER, name)) as server, server.cursor() as cursor:
        plain, searched = _indexes(cursor, TABLES), _indexes(cursor, SEARCH_TABLES)
        for statement in (*plain.drop, *searched.drop):
            cursor.execute(statement)
        strides = {table: _highest(cursor, table) for table in TABLES}
        cursor.execute("SELECT min(created_at), max(state_since) FROM adminmoves_move")
        first, last = cursor.fetchone() or (None, None)
    stretch = Stretch(first, last, times)
    # The longest first.
    _at_once(name, [partial(_copy, table, strides, stretch) for table in TABLES[::-1]])
    _at_once(name, map(_statement, plain.make))
    # The triggers that fill the tables of a search were off.
    _at_once(name, map(_index_part, range(CONNECTIONS_AT_ONCE)))
    _at_once(name, map(_statement, searched.make))
    with closing(connected(SUPERUSER, name)) as server, server.cursor() as cursor:
        for statement in plain.add:
            cursor.execute(statement)
        for table in (*SEARCH_TABLES, *TABLES):
            cursor.execute(f"VACUUM ANALYZE {table}")
        for table in TABLES:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
                [table, _highest(cursor, table)],
            )


def _at_once(name: str, works: Iterable[Work]) -> None:
    with ThreadPoolExecutor(CONNECTIONS_AT_ONCE) as pool:
        list(pool.map(partial(_on_its_own, name), works))


def _on_its_own(name: str, work: Work) -> None:
    with closing(connected(SUPERUSER, name)) as server, server.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        work(cursor)


def _statement(statement: str) -> Work:
    return lambda cursor: cursor.execute(statement)


def _index_part(part: int) -> Work:
    """Index a part of the offices, because each connection locks its own."""
    return lambda cursor: cursor.execute(
        "SELECT adminmoves_index_administrations(array("
        "SELECT id FROM adminmoves_administration WHERE environment_id %% %s = %s))",
        [CONNECTIONS_AT_ONCE, part],
    )


def _indexes(cursor: extensions.cursor, tables: Sequence[str]) -> Indexes:
    """Read those of these tables, without constraints that a foreign key refers to."""
    cursor.execute(PLAIN_INDEXES, [list(tables)])
    indexes = cursor.fetchall()
    cursor.execute(UNIQUE_CONSTRAINTS, [list(tables)])
    constraints = cursor.fetchall()
    return Indexes(
        drop=[
            *(f'DROP INDEX "{index}"' for index, _made in indexes),
            *(
                f'ALTER TABLE {table} DROP CONSTRAINT "{it}"'
                for table, it, _ in constraints
            ),
        ],
        make=[made for _index, made in indexes],
        add=[
            f'ALTER TABLE {table} ADD CONSTRAINT "{it}" {made}'
            for table, it, made in constraints
        ],
    )


def _highest(cursor: extensions.cursor, table: str) -> int:
    cursor.execute(f"SELECT max(id) FROM {table}")  # noqa: S608 - a table of ours
    found = cursor.fetchone()
    return int(found[0]) if found else 0


def _copy(
    table: str, strides: dict[str, int], stretch: Stretch, cursor: extensions.cursor
) -> None:
    """Insert all copies; compress the originals into the first part of the time."""
    cursor.execute(COLUMNS, [table])
    columns = cursor.fetchall()
    values = [_of_copy(table, column, kind, strides) for column, kind in columns]
    names = sql.SQL(", ").join(sql.Identifier(column) for column, _kind in columns)
    moments = [column for column, kind in columns if "timestamp" in kind]
    parameters = {
        "first": stretch.first,
        "last": stretch.last,
        "copies": stretch.copies,
        "stride": strides[table],
    }
    cursor.execute(
        sql.SQL(
            "INSERT INTO {table} ({names}) SELECT {values}"
            " FROM generate_series(1, %(copies)s - 1) AS k,"
            " LATERAL (SELECT * FROM {table} WHERE id <= %(stride)s + 0 * k) o"
        ).format(
            table=sql.Identifier(table), names=names, values=sql.SQL(", ").join(values)
        ),
        parameters,
    )
    if moments:
        cursor.execute(
            sql.SQL("UPDATE {} o SET {} WHERE id <= %(stride)s").format(
                sql.Identifier(table),
                sql.SQL(", ").join(
                    sql.SQL("{} = {}").format(sql.Identifier(name), _moment(name, "0"))
                    for name in moments
                ),
            ),
            parameters,
        )


def _of_copy(
    table: str, column: str, kind: str, strides: dict[str, int]
) -> sql.Composable:
    original = sql.SQL("o.{}").format(sql.Identifier(column))
    if column == "id":
        return sql.SQL("o.id + k * {}").format(sql.Literal(strides[table]))
    if column in REFERS:
        stride = strides.get(REFERS[column], 0)
        return sql.SQL("{} + k * {}").format(original, sql.Literal(stride))
    if column in OWN_PER_COPY[table]:
        return sql.SQL("{} || 'x' || k").format(original)
    if "mail_address" in column or column in {"from_address", "to_address"}:
        return sql.SQL("k || 'x.' || {}").format(original)
    if column == "stream_id":
        return sql.SQL(
            "CASE stream WHEN 'move' THEN (stream_id::bigint + k * {})::text"
            " ELSE stream_id || 'x' || k END"
        ).format(sql.Literal(strides[MOVES]))
    return _moment(column, "k") if "timestamp" in kind else original


def _moment(column: str, copy: str) -> sql.Composable:
    return sql.SQL(
        "%(first)s::timestamptz + (o.{} - %(first)s) / %(copies)s"
        " + {} * ((%(last)s::timestamptz - %(first)s) / %(copies)s)"
    ).format(sql.Identifier(column), sql.SQL(copy))
