"""Reads the database and says whether a move was carried out exactly once.

Plain SQL on purpose: it shares nothing with the code that it judges.
"""

from dataclasses import dataclass

from psycopg2 import extensions

ONCE = """
SELECT m.state,
    (SELECT count(*) FROM adminmoves_administration a
      WHERE a.connection_id = m.to_connection_id AND a.code = m.to_code
        AND a.id = m.administration_id AND a.closed_by_id IS NULL
        AND a.mail_address = m.to_address),
    (SELECT count(*) FROM adminmoves_formerplace f WHERE f.move_id = m.id),
    (SELECT count(*) FROM adminmoves_event e
      WHERE e.move_id = m.id AND e.code = 'MOVE_COMPLETED'),
    (SELECT count(*) FROM adminmoves_event e
      WHERE e.move_id = m.id AND e.code = 'ADMINISTRATION_MOVED'),
    (SELECT count(*) FROM adminmoves_attempt t WHERE t.move_id = m.id),
    (SELECT coalesce(array_agg(f.step ORDER BY f.step), '{}') FROM adminmoves_effect f
      WHERE f.move_id = m.id AND NOT f.undone)
FROM adminmoves_move m WHERE m.id = %s
"""
STEPS = [
    "AFTERCARE", "BEFORE_IMAGE", "CHANGE_PLACE", "CLOSE",
    "OPEN", "RECHECK", "SWITCH_ADDRESS", "VERIFY",
]  # fmt: skip
OF_ARCHIVE = ["COPY_ARCHIVE", "SWITCH_ARCHIVE"]
WITH_ARCHIVE = {"MOVE_ENVIRONMENT", "MOVE_ENVIRONMENT_AND_CHANGE_CODE"}


@dataclass(frozen=True)
class Seen:
    """What is to be seen of a move, each thing counted."""

    state: str
    at_wanted_place: int
    former_places: int
    completed_lines: int
    moved_lines: int
    attempts: int
    steps: list[str]


def done_once(move_type: str) -> Seen:
    """What is to be seen of a move of this type that was carried out once."""
    steps = [*STEPS, *OF_ARCHIVE] if move_type in WITH_ARCHIVE else STEPS
    return Seen("COMPLETED", 1, 1, 1, 1, 1, sorted(steps))


DONE_ONCE = done_once("CHANGE_CODE")


def look(owner: extensions.connection, move_id: int) -> Seen:
    with owner.cursor() as cursor:
        cursor.execute(ONCE, [move_id])
        row = cursor.fetchone()
    assert row is not None
    return Seen(*row)


def states(owner: extensions.connection) -> dict[str, int]:
    with owner.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM adminmoves_move GROUP BY 1")
        return dict(cursor.fetchall())


def broken_chains(owner: extensions.connection) -> list[tuple[str, str]]:
    """Streams whose events do not lead to their head."""
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT h.stream, h.stream_id FROM adminmoves_streamhead h WHERE NOT EXISTS"
            " (SELECT FROM adminmoves_event e WHERE e.stream = h.stream"
            "  AND e.stream_id = h.stream_id AND e.position = h.count"
            "  AND e.digest = h.digest AND adminmoves_event_digest(e) = e.digest)"
        )
        return cursor.fetchall()
