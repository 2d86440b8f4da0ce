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
from adminmoves.models.sql import sql_beside

STAGE = sql_beside(__file__, "stage_events")
NUMBER = sql_beside(__file__, "number_events")
CHAIN = sql_beside(__file__, "chain_events")
STORE = sql_beside(__file__, "store_events")


@dataclass(frozen=True, slots=True)
class TrailMoment:
    """A trail entry with its position in its stream and its moment."""

    position: int
    at: datetime
    actor: Actor
    line: TrailEntry


class PastTrail:
    """Takes moments in any order; ``store`` writes them as the trail would have."""

    def __init__(self) -> None:
        _run(STAGE)
        self.events = Table(Event, into="past")
        self.words = Table(EventWords, into="past_words")
        self.longest = 0

    def copy(self, moments: Sequence[TrailMoment]) -> None:
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
        self.longest = max([self.longest, *(event.position for event in events)])
        self.events.copy(events)
        self.words.copy(
            EventWords(event_id=event.pk, salt=salt, texts=dict(moment.line.words))
            for moment, event, salt in zip(moments, events, salts, strict=True)
            if salt
        )

    def store(self) -> None:
        _run(NUMBER)
        with connection.cursor() as cursor:
            for position in range(2, self.longest + 1):
                cursor.execute(CHAIN, [position])
        _run(STORE)
        self.events.settle_ids()


def _run(statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements)
