"""What an approved move waits for, and whether a run takes longer than usual."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from statistics import median
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Extract, Greatest, JSONObject
from django.utils import timezone

from adminmoves import windows
from adminmoves.dossier.eyes import name_of
from adminmoves.models import Attempt, Move, QueueSwitch
from adminmoves.vocabulary import MoveState, Outcome

ENOUGH, LOOKED_AT = 5, 200
MOST_COUNTED = 1000
EVENING = time(20)
LATE_AFTER, LATE_TIMES = timedelta(minutes=2), 3
PAUSED, FROZEN, CLOSED, ALONE, IN_LINE = "paused", "frozen", "closed", "alone", "line"
SHOWN_STATES = frozenset({MoveState.APPROVED, MoveState.RUNNING})


@dataclass(frozen=True, slots=True)
class Usual:
    """The median of recent moves; None while there are too few to tell."""

    wait: timedelta | None
    run: timedelta | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Why an approved move has not started: the first of these that holds.

    PAUSED (``who``, ``why``), FROZEN (``until``, ``why`` is its name), CLOSED
    (``until``; None: the hours of its offices never meet), ALONE (no worker was heard)
    or IN_LINE (``ahead``: due moves of the same office; None: too many to count).
    """

    kind: str
    until: datetime | None = None
    who: str = ""
    why: str = ""
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
class Queue:
    """The queue at one moment, as far as some moves are concerned."""

    now: datetime
    switch: QueueSwitch
    times: windows.Times
    ahead: Mapping[int, int]
    past: tuple[Past, ...]
    runs: Mapping[int, Run]

    def wait(self, move: Move) -> Wait | None:
        """None where it does not wait, or for nothing but its own moment."""
        if move.state != MoveState.APPROVED:
            return None
        if self.switch.paused_at and (by := self.switch.paused_by):
            return Wait(PAUSED, who=name_of(by), why=self.switch.reason)
        if held := self.held(move):
            return held
        if move.is_scheduled:
            return None
        if not self.switch.worker_seen:
            return Wait(ALONE)
        return Wait(IN_LINE, ahead=self.ahead.get(move.pk), usual=self.usual_wait)

    def held(self, move: Move) -> Wait | None:
        """The freeze or the hours that hold it as soon as it is due."""
        closed = self.times.closed(move, self.now)
        if closed is None:
            return None
        kind = FROZEN if closed.freeze else CLOSED
        return Wait(kind, until=closed.until, why=closed.freeze)

    def has_hours(self, move: Move) -> bool:
        """Whether its offices have windows at all."""
        return self.times.has_hours({move.from_environment_id, move.to_environment_id})

    def usual(self, move: Move) -> Usual:
        """Its run by those that are like it, else by all."""
        run = self.runs.get(move.pk)
        like = self._alike(move, run.documents if run else 0)
        every = _middle([past.ran for past in self.past])
        return Usual(wait=self.usual_wait, run=like or every)

    @cached_property
    def usual_wait(self) -> timedelta | None:
        return _middle([past.waited for past in self.past])

    def is_late(self, move: Move) -> bool:
        """Whether it runs far longer than those that were like it."""
        run = self.runs.get(move.pk)
        like = self._alike(move, run.documents) if run else None
        if run is None or like is None:
            return False
        return self.now - run.started_at > max(LATE_AFTER, LATE_TIMES * like)

    def _alike(self, move: Move, documents: int) -> timedelta | None:
        return _middle(
            [past.ran for past in self.past if past.is_like(move, documents)]
        )


def look(moves: Collection[Move]) -> Queue:
    """One query, whatever is asked of it later."""
    now = timezone.now()
    hours, freezes = windows.beside()
    switch = (
        QueueSwitch.objects.with_worker()
        .annotate(
            hours=hours,
            freezes=freezes,
            line=ArraySubquery(_line(moves, now)),
            past=ArraySubquery(_past()),
            runs=ArraySubquery(_runs(moves)),
        )
        .get()
    )
    # A question that cannot have an answer is not asked, and gives no list at all.
    told: dict[str, Any] = {name: value or () for name, value in vars(switch).items()}
    return Queue(
        now=now,
        switch=switch,
        times=windows.times(told["hours"], told["freezes"]),
        ahead=_ahead(told["line"]),
        past=tuple(Past(**row) for row in told["past"]),
        runs={row.pop("move"): _run(row) for row in told["runs"]},
    )


def _line(moves: Iterable[Move], now: datetime) -> QuerySet[Move, Any]:
    """What is due at the offices that these moves wait at, first the first."""
    waiting = (move for move in moves if move.state == MoveState.APPROVED)
    offices = {move.from_environment_id for move in waiting}
    due = Move.objects.due(now).filter(from_environment__in=offices)
    ordered = due.order_by("-urgent", "approved_at", "pk")
    told = JSONObject(move="pk", office="from_environment")
    return ordered.values(told=told)[:MOST_COUNTED]


def _ahead(line: Iterable[Mapping[str, int]]) -> dict[int, int]:
    counted: dict[int, int] = {}
    ahead = {}
    for row in line:
        ahead[row["move"]] = counted.get(row["office"], 0)
        counted[row["office"]] = ahead[row["move"]] + 1
    return ahead


def _past() -> QuerySet[Move, Any]:
    recent = Move.objects.filter(
        state=MoveState.COMPLETED,
        approved_at__isnull=False,
        started_at__isnull=False,
        ended_at__isnull=False,
    ).order_by("-ended_at")
    could_start = Greatest("approved_at", Coalesce("not_before", "approved_at"))
    run = Attempt.objects.filter(move=OuterRef("pk"), outcome=Outcome.COMPLETED)
    told = JSONObject(
        move_type="move_type",
        documents=Coalesce(Subquery(run.values("documents")[:1]), 0),
        waited=Extract(F("started_at") - could_start, "epoch"),
        ran=Extract(F("ended_at") - F("started_at"), "epoch"),
    )
    return recent.values(told=told)[:LOOKED_AT]


def _runs(moves: Iterable[Move]) -> QuerySet[Attempt, Any]:
    running = [move.pk for move in moves if move.state == MoveState.RUNNING]
    attempts = Attempt.objects.filter(move__in=running, ended_at=None).order_by()
    told = JSONObject(
        move="move",
        started_at="started_at",
        documents="documents",
        size="size",
        copied_size="copied_size",
        done=Count("effects", filter=Q(effects__undone=False)),
    )
    return attempts.annotate(told=told).values("told")


def _run(row: dict[str, Any]) -> Run:
    return Run(**{**row, "started_at": datetime.fromisoformat(row["started_at"])})


def magnitude(documents: int) -> int:
    """How many digits it has: 0 for none, 3 for hundreds."""
    return len(str(documents)) if documents else 0


def _middle(seconds: Collection[float]) -> timedelta | None:
    if len(seconds) < ENOUGH:
        return None
    return timedelta(seconds=max(1, round(median(seconds))))


def next_evening() -> datetime:
    """Today at eight, or tomorrow where that has passed."""
    now = timezone.localtime()
    evening = timezone.make_aware(datetime.combine(now.date(), EVENING))
    return evening if evening > now else evening + timedelta(days=1)
