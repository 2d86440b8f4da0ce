"""What an approved move waits for, and whether a run takes longer than usual."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache, cached_property, partial
from statistics import median
from typing import Any, NamedTuple, TypedDict

from django.db import connection
from django.utils import timezone

from adminmoves.models import Move
from adminmoves.models.operation import UNHEARD
from adminmoves.models.sql import fetch_as, sql_beside
from adminmoves.scheduling import windows
from adminmoves.scheduling.times import Times
from adminmoves.vocabulary import MoveState

MIN_ALIKE, MAX_PAST = 5, 200
"""Moves that make a median, and how many of the last ones are looked at."""
MAX_COUNTED = 1000
"""Of a longer queue the moves are not counted; ``Wait.ahead`` is None."""
EVENING = time(20)
LATE_AFTER, LATE_TIMES = timedelta(minutes=2), 3
PAUSED, FROZEN, CLOSED, ALONE, IN_LINE = "paused", "frozen", "closed", "alone", "line"

SELECT_QUEUE = sql_beside(__file__, "queue").replace("{times}", windows.TIMES)
SHOWN_STATES = frozenset({MoveState.APPROVED, MoveState.RUNNING})


class WaitingItem(TypedDict):
    """A move that may start as far as its moment goes, and its offices, by id."""

    id: int
    office: int
    other_office: int
    outside_windows: bool


class PastItem(TypedDict):
    """As ``Past``."""

    move_type: str
    documents: int
    waited: float
    ran: float


class RunItem(TypedDict):
    """As ``Run``; ``started_at`` in ISO 8601."""

    move_id: int
    started_at: str
    documents: int
    size: int
    copied_size: int
    done: int


class QueueRow(NamedTuple):
    """The only row of queue.sql."""

    paused_by: str | None
    why: str
    paused_at: datetime | None
    is_alone: bool
    hours: list[windows.WindowItem]
    freezes: list[windows.FreezeItem]
    line: list[WaitingItem]
    past: list[PastItem]
    runs: list[RunItem]


@dataclass(frozen=True, slots=True)
class Usual:
    """The median of recent moves; None if there are fewer than MIN_ALIKE."""

    wait: timedelta | None
    run: timedelta | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Why an approved move has not started: the first of these that is true.

    PAUSED (``who``, ``why``), FROZEN (``until``, ``why`` is its name, ``has_no_end``:
    until further notice), CLOSED (``until``; None: the hours of its offices never
    meet), ALONE (no worker was heard) or IN_LINE (``ahead``: moves of the same office
    that may start before it; None: too many to count).
    """

    kind: str
    until: datetime | None = None
    who: str = ""
    why: str = ""
    has_no_end: bool = False
    ahead: int | None = None
    usual: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """A completed move, in seconds; alike are those of one type and size."""

    move_type: str
    documents: int
    waited: float
    ran: float

    def is_like(self, move: Move, documents: int) -> bool:
        return self.move_type == move.move_type and (
            magnitude(self.documents) == magnitude(documents)
        )


@dataclass(frozen=True, slots=True)
class Run:
    """An attempt that has not ended: how many steps and bytes are done."""

    started_at: datetime
    documents: int
    size: int
    copied_size: int
    done: int


@dataclass(frozen=True)
class QueueState:
    """The queue at one moment, as far as some moves are concerned."""

    now: datetime
    paused: Wait | None
    paused_at: datetime | None
    is_alone: bool
    times: Times
    ahead: Mapping[int, int]
    past: tuple[Past, ...]
    runs: Mapping[int, Run]

    def wait(self, move: Move) -> Wait | None:
        """None if it does not wait, or only for its own moment."""
        if move.state != MoveState.APPROVED:
            return None
        if first := self.paused or self.closed(move):
            return first
        if move.is_scheduled:
            return None
        if self.is_alone:
            return Wait(ALONE)
        return Wait(IN_LINE, ahead=self.ahead.get(move.pk), usual=self.usual_wait)

    def closed(self, move: Move) -> Wait | None:
        """The freeze or the hours that stop it as soon as it is due."""
        closed = self.times.closed(move, self.now)
        if closed is None:
            return None
        kind = FROZEN if closed.freeze else CLOSED
        return Wait(
            kind,
            until=closed.until,
            why=closed.freeze,
            has_no_end=closed.has_no_end,
        )

    def has_hours(self, move: Move) -> bool:
        """Whether its offices have windows."""
        return self.times.has_hours({move.from_environment_id, move.to_environment_id})

    def usual(self, move: Move) -> Usual:
        """How long a run takes by moves that are like it, else by all."""
        run = self.runs.get(move.pk)
        like = self._alike(move, run.documents if run else 0)
        every = _median([past.ran for past in self.past])
        return Usual(wait=self.usual_wait, run=like or every)

    @cached_property
    def usual_wait(self) -> timedelta | None:
        return _median([past.waited for past in self.past])

    def is_late(self, move: Move) -> bool:
        """Whether it runs far longer than those that were like it."""
        run = self.runs.get(move.pk)
        like = self._alike(move, run.documents) if run else None
        if run is None or like is None:
            return False
        return self.now - run.started_at > max(LATE_AFTER, LATE_TIMES * like)

    def _alike(self, move: Move, documents: int) -> timedelta | None:
        return _median(
            [past.ran for past in self.past if past.is_like(move, documents)]
        )


def load_queue(moves: Collection[Move]) -> QueueState:
    """Read the queue in one query, as far as these moves are concerned."""
    now = timezone.now()
    waiting = [move for move in moves if move.state == MoveState.APPROVED]
    params: dict[str, Any] = {
        "now": now,
        "unheard": UNHEARD,
        "offices": [move.from_environment_id for move in waiting],
        "running": [move.pk for move in moves if move.state == MoveState.RUNNING],
        "counted": MAX_COUNTED,
        "looked_at": MAX_PAST,
    }
    with connection.cursor() as cursor:
        cursor.execute(SELECT_QUEUE, params)
        row = fetch_as(cursor, QueueRow)[0]
    times = windows.parse_times(row.hours, row.freezes)
    by = row.paused_by
    return QueueState(
        now=now,
        paused=Wait(PAUSED, who=by, why=row.why) if by else None,
        paused_at=row.paused_at,
        is_alone=row.is_alone,
        times=times,
        ahead=_ahead(row.line, times, now),
        past=tuple(Past(**item) for item in row.past),
        runs={item["move_id"]: _parse_run(item) for item in row.runs},
    )


def _parse_run(item: RunItem) -> Run:
    return Run(
        started_at=datetime.fromisoformat(item["started_at"]),
        documents=item["documents"],
        size=item["size"],
        copied_size=item["copied_size"],
        done=item["done"],
    )


def _ahead(line: Iterable[WaitingItem], times: Times, now: datetime) -> dict[int, int]:
    """How many moves of its office go before each; a closed one goes before none."""
    is_open = cache(partial(times.is_open, moment=now))
    counted: Counter[int] = Counter()
    ahead = {}
    for move in line:
        office = move["office"]
        ahead[move["id"]] = counted[office]
        both = office, move["other_office"]
        in_hours = move["outside_windows"] or all(map(is_open, both))
        counted[office] += in_hours and not times.freeze(both, now)
    return ahead


def magnitude(documents: int) -> int:
    """How many digits it has: 0 for none, 3 for hundreds."""
    return len(str(documents)) if documents else 0


def _median(seconds: Collection[float]) -> timedelta | None:
    if len(seconds) < MIN_ALIKE:
        return None
    return timedelta(seconds=max(1, round(median(seconds))))


def next_evening() -> datetime:
    """Today's EVENING, or tomorrow's if that has passed."""
    now = timezone.localtime()
    evening = timezone.make_aware(datetime.combine(now.date(), EVENING))
    return evening if evening > now else evening + timedelta(days=1)
