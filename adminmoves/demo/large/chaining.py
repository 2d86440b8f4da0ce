"""Writes events of the past: numbered by time, then chained position by position.

They first go to a temporary table, because a digest covers the id of the event and the
digest before it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.audit.trail import TrailEntry
from adminmoves.demo.large.copying import Table
from adminmoves.models import Event, EventWords

STAGE = (
    "CREATE TEMPORARY TABLE past (LIKE adminmoves_event) ON COMMIT DROP",
    "CREATE TEMPORARY TABLE past_words (LIKE adminmoves_eventwords) ON COMMIT DROP",
)
NUMBER = (
    """CREATE TEMPORARY TABLE numbers ON COMMIT DROP AS
    SELECT id AS first_id,
           (SELECT coalesce(max(id), 0) FROM adminmoves_event)
           + row_number() OVER (ORDER BY at, stream, stream_id, position) AS id
    FROM past""",
    """UPDATE past_words w SET event_id = n.id FROM numbers n
    WHERE n.first_id = w.event_id""",
    "UPDATE past SET id = n.id FROM numbers n WHERE n.first_id = past.id",
    "ANALYZE past",
)
BEGIN_CHAINS = """
UPDATE past SET digest = adminmoves_event_digest(ROW(past.*)::adminmoves_event)
WHERE position = 1
"""
GO_ON = """
UPDATE past SET previous = p.digest,
    digest = adminmoves_event_digest(jsonb_populate_record(
        ROW(past.*)::adminmoves_event, jsonb_build_object('previous', p.digest)))
FROM past p
WHERE past.position = %s AND p.position = past.position - 1
  AND p.stream = past.stream AND p.stream_id = past.stream_id
"""
STORE = (
    "INSERT INTO adminmoves_event SELECT * FROM past ORDER BY id",
    """INSERT INTO adminmoves_streamhead (stream, stream_id, count, digest)
    SELECT DISTINCT ON (stream, stream_id) stream, stream_id, position, digest
    FROM past ORDER BY stream, stream_id, position DESC""",
    """INSERT INTO adminmoves_eventwords (event_id, salt, texts)
    SELECT event_id, salt, texts FROM past_words ORDER BY event_id""",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A trail entry with its position in its stream and its moment."""

    position: int
    at: datetime
    actor: Actor
    line: TrailEntry


class Past:
    """Takes moments in any order; ``store`` writes them as the trail would have."""

    def __init__(self) -> None:
        _run(*STAGE)
        self.events = Table(Event, into="past")
        self.words = Table(EventWords, into="past_words")

    def copy(self, moments: Sequence[Moment]) -> None:
        salts = [
            secrets.token_hex(16) if moment.line.words else "" for moment in moments
        ]
        events = []
        for moment, salt in zip(moments, salts, strict=True):
            event = trail.event_of(moment.actor, moment.line, salt)
            event.pk, event.at, event.position = (
                next(self.events.ids),
                moment.at,
                moment.position,
            )
            events.append(event)
        self.events.copy(events)
        self.words.copy(
            EventWords(event_id=event.pk, salt=salt, texts=dict(moment.line.words))
            for moment, event, salt in zip(moments, events, salts, strict=True)
            if salt
        )

    def store(self) -> None:
        _run(*NUMBER, BEGIN_CHAINS)
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(position) FROM past")
            longest = cursor.fetchone()[0] or 0
            for position in range(2, longest + 1):
                cursor.execute(GO_ON, [position])
        _run(*STORE)
        self.events.settle_ids()


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
