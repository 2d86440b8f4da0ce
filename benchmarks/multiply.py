"""Multiplies a made estate by SQL: every copy other offices, moves and events.

For reading only. Every moment is drawn together, copy after copy, so that in the large
estate too a later number is a later moment. Foreign keys and triggers are off
(``session_replication_role``), so digests are those of the originals.
"""

from dataclasses import dataclass

from psycopg2 import extensions, sql

from benchmarks.databases import SUPERUSER, connected

OFFICES, LINKS, BOOKS, MOVES, LEFT, EVENTS = (
    "adminmoves_environment",
    "adminmoves_bookkeepingconnection",
    "adminmoves_administration",
    "adminmoves_move",
    "adminmoves_formerplace",
    "adminmoves_event",
)
TABLES = (OFFICES, LINKS, BOOKS, MOVES, LEFT, EVENTS)
KEPT_EVENTS = (
    "MOVE_DRAFTED",
    "MOVE_APPROVED",
    "MOVE_COMPLETED",
    "ADMINISTRATION_MOVED",
)
"""Four of the nine that a move leaves: in the small estate as in the large one."""
REFERS = {
    "environment_id": OFFICES,
    "from_environment_id": OFFICES,
    "to_environment_id": OFFICES,
    "other_environment_id": OFFICES,
    "connection_id": LINKS,
    "from_connection_id": LINKS,
    "to_connection_id": LINKS,
    "administration_id": BOOKS,
    "move_id": MOVES,
    # Only a page of one move reads its proof, and those that are read are originals.
    "proof_id": "",
}
OWN_PER_COPY = {
    OFFICES: ("public_id", "office_code"),
    LINKS: ("public_id",),
    BOOKS: ("public_id", "code", "name"),
    LEFT: ("code", "office_code"),
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


@dataclass(frozen=True, slots=True)
class Stretch:
    """The moments of the originals, and how many copies share their time."""

    first: object
    last: object
    copies: int


def keep_few_events(name: str) -> None:
    """Leave the small estate the events that the large one will have."""
    server = connected(SUPERUSER, name)
    with server.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "DELETE FROM adminmoves_eventwords w USING adminmoves_event e"
            " WHERE e.id = w.event_id AND e.code <> ALL(%s)",
            [list(KEPT_EVENTS)],
        )
        cursor.execute(
            "DELETE FROM adminmoves_event WHERE code <> ALL(%s)", [list(KEPT_EVENTS)]
        )
        cursor.execute("VACUUM FULL ANALYZE adminmoves_event")
    server.close()


def multiply(name: str, times: int) -> None:
    """Make it so many times as large."""
    server = connected(SUPERUSER, name)
    with server.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET work_mem = '64MB'")
        cursor.execute(PLAIN_INDEXES, [list(TABLES)])
        indexes = cursor.fetchall()
        for index, _definition in indexes:
            cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(index)))
        strides = {table: _highest(cursor, table) for table in TABLES}
        cursor.execute("SELECT min(created_at), max(state_since) FROM adminmoves_move")
        first, last = cursor.fetchone() or (None, None)
        for table in TABLES:
            _copy(cursor, table, strides, Stretch(first, last, times))
        for _index, definition in indexes:
            cursor.execute(definition)
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
                [table, _highest(cursor, table)],
            )
    server.close()


def _highest(cursor: extensions.cursor, table: str) -> int:
    cursor.execute(f"SELECT max(id) FROM {table}")  # noqa: S608 - a table of ours
    found = cursor.fetchone()
    return int(found[0]) if found else 0


def _copy(
    cursor: extensions.cursor, table: str, strides: dict[str, int], stretch: Stretch
) -> None:
    """Copy after copy: the originals come to stand at the end of their time."""
    cursor.execute(COLUMNS, [table])
    columns = cursor.fetchall()
    told = [_of_copy(table, column, kind, strides) for column, kind in columns]
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
            "INSERT INTO {table} ({names}) SELECT {told}"
            " FROM generate_series(1, %(copies)s - 1) AS k,"
            " LATERAL (SELECT * FROM {table} WHERE id <= %(stride)s + 0 * k) o"
        ).format(
            table=sql.Identifier(table), names=names, told=sql.SQL(", ").join(told)
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
