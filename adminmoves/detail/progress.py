"""A run as people follow it: its steps from the ledger, each attempt by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from adminmoves.models import Attempt, Effect, Move
from adminmoves.models.question import KEY, Question
from adminmoves.rules.plan import IN_ONE_GO, steps_of
from adminmoves.scheduling import queue
from adminmoves.vocabulary import MoveState, MoveType, Outcome, StepCode

SILENT = timedelta(seconds=10)
DONE, NOW, TODO, FAILED, STOPPED, DOUBT = (
    "done",
    "run",
    "todo",
    "fail",
    "stop",
    "doubt",
)
COPYING_PERCENT = 90
"""The share of a run with an archive that its copying takes."""
ENDS: Mapping[str, str] = {Outcome.FAILED: FAILED, Outcome.STOPPED: STOPPED}


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step: whether it was done, and when."""

    step: StepCode
    mark: str
    at: datetime | None = None

    @property
    def in_one_go(self) -> bool:
        return self.step in IN_ONE_GO


@dataclass(frozen=True, slots=True)
class Archive:
    """How far the copying of an archive is, and how fast it goes."""

    attempt: Attempt

    @property
    def percent(self) -> int:
        """By bytes, which take the time; by documents where all are empty."""
        attempt = self.attempt
        whole, done = attempt.size, attempt.copied_size
        if not whole:
            whole, done = attempt.documents, attempt.copied
        return 100 * done // whole

    @property
    def bytes_per_second(self) -> float | None:
        """None as long as there is too little to tell by."""
        attempt = self.attempt
        if not attempt.copying_since or not attempt.copied_size:
            return None
        # The figures are those of the last heartbeat.
        spent = (attempt.heartbeat_at - attempt.copying_since).total_seconds()
        return attempt.copied_size / spent if spent >= 1 else None

    @property
    def left(self) -> timedelta | None:
        """How long it still takes at this speed; None when it is done or untold."""
        speed, attempt = self.bytes_per_second, self.attempt
        ahead = attempt.size - attempt.copied_size
        if not speed or not ahead or attempt.ended_at:
            return None
        return timedelta(seconds=max(1, round(ahead / speed)))


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt. ``undone_at``: the administration was opened at its old place."""

    attempt: Attempt
    lines: tuple[StepLine, ...]
    undone_at: datetime | None

    @property
    def before(self) -> tuple[StepLine, ...]:
        return tuple(line for line in self.lines if not line.in_one_go)

    @property
    def in_one_go(self) -> tuple[StepLine, ...]:
        return tuple(line for line in self.lines if line.in_one_go)

    @property
    def current(self) -> StepLine | None:
        """Where it is or where it ended; None when every step was done."""
        return next((line for line in self.lines if line.mark != DONE), None)

    @property
    def has_begun_the_switch(self) -> bool:
        return any(line.mark == DONE for line in self.in_one_go)

    @property
    def tried_the_switch(self) -> bool:
        """It ended in the part that commits as a whole: that part left no trace."""
        return bool(self.attempt.ended_at and self.current and self.current.in_one_go)

    @property
    def percent(self) -> int:
        done = sum(line.mark == DONE for line in self.lines)
        return _percent(self.attempt, done, [line.step for line in self.lines])

    @property
    def is_silent(self) -> bool:
        """Its worker has the lease and no heartbeat: it has one after every chunk."""
        attempt = self.attempt
        quiet = timezone.now() - attempt.heartbeat_at > SILENT
        return bool(attempt.worker) and attempt.ended_at is None and quiet

    @property
    def archive(self) -> Archive | None:
        """How far the archive is; None where there is none to move."""
        return Archive(self.attempt) if self.attempt.documents else None

    @property
    def lasted(self) -> timedelta | None:
        ended = self.attempt.ended_at
        return ended - self.attempt.started_at if ended else None


def load_attempts(move: Move) -> list[AttemptView]:
    """Every attempt with its steps, the newest first; one query."""
    return [
        _view(attempt, [_effect(row) for row in vars(attempt)["ledger"]], move)
        for attempt in _attempts().rows(move.pk)
    ]


@cache
def _attempts() -> Question[Attempt]:
    effects = Effect.objects.filter(attempt=OuterRef("pk")).order_by("pk")
    row = JSONObject(step="step", undone="undone", done_at="done_at")
    attempts = Attempt.objects.filter(move=KEY).order_by("-number")
    with_ledger = attempts.annotate(ledger=ArraySubquery(effects.values(row=row)))
    return Question.of(with_ledger, ("stop_asked_by",))


def _effect(row: dict[str, Any]) -> Effect:
    # JSON has no moments: they come as text.
    return Effect(**{**row, "done_at": datetime.fromisoformat(row["done_at"])})


def copying() -> QuerySet[Attempt]:
    """Runs that copy an archive: these have news all the time."""
    return Attempt.objects.filter(ended_at=None, documents__gt=0)


def percent(run: queue.Run, move: Move) -> int:
    """How far a running move is."""
    return _percent(run, run.done, _steps_of(move))


def _percent(attempt: Attempt | queue.Run, done: int, steps: Sequence[StepCode]) -> int:
    """By steps; where there is an archive, its copying takes nearly all the time."""
    if not attempt.documents:
        return 100 * done // len(steps)
    before = steps.index(StepCode.COPY_ARCHIVE)
    part = attempt.copied_size / attempt.size if attempt.size else 0.0
    copied = part if done == before else done > before
    others = done - (done > before)
    of_steps = (100 - COPYING_PERCENT) * others / (len(steps) - 1)
    return int(COPYING_PERCENT * copied + of_steps)


def _steps_of(move: Move) -> tuple[StepCode, ...]:
    return steps_of(MoveType(move.move_type))


def _view(attempt: Attempt, effects: list[Effect], move: Move) -> AttemptView:
    done = {effect.step: effect.done_at for effect in effects if not effect.undone}
    undone = (effect.done_at for effect in effects if effect.undone)
    lines, ahead = [], _mark(attempt, move.state)
    for step in _steps_of(move):
        if step in done:
            lines.append(StepLine(step, DONE, done[step]))
            continue
        lines.append(StepLine(step, ahead))
        ahead = TODO
    return AttemptView(attempt, tuple(lines), next(undone, None))


def _mark(attempt: Attempt, state: str) -> str:
    """What the first step that was not done looks like."""
    if attempt.ended_at:
        return ENDS.get(attempt.outcome, TODO)
    return DOUBT if state == MoveState.IN_DOUBT else NOW
