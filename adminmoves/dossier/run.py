"""A run as people follow it: its steps from the ledger, each attempt by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from adminmoves.models import Attempt, Effect, Move
from adminmoves.plan import IN_ONE_GO, STEPS
from adminmoves.vocabulary import MoveState, Outcome, StepCode

DONE, NOW, TODO, FAILED, STOPPED, DOUBT = (
    "done",
    "run",
    "todo",
    "fail",
    "stop",
    "doubt",
)
ENDS: Mapping[str, str] = {Outcome.FAILED: FAILED, Outcome.STOPPED: STOPPED}


@dataclass(frozen=True, slots=True)
class Line:
    """One step: whether it was done, and when."""

    step: StepCode
    mark: str
    at: datetime | None = None

    @property
    def in_one_go(self) -> bool:
        return self.step in IN_ONE_GO


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt. ``undone_at``: the administration was opened at its old place."""

    attempt: Attempt
    lines: tuple[Line, ...]
    undone_at: datetime | None

    @property
    def before(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.in_one_go)

    @property
    def in_one_go(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.in_one_go)

    @property
    def current(self) -> Line | None:
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
        return 100 * done // len(self.lines)

    @property
    def lasted(self) -> timedelta | None:
        ended = self.attempt.ended_at
        return ended - self.attempt.started_at if ended else None


def tries(move: Move) -> list[Try]:
    """Every attempt with its steps, the newest first; two queries."""
    attempts = list(move.attempts.order_by("-number"))
    ledger: dict[int, list[Effect]] = {attempt.pk: [] for attempt in attempts}
    for effect in move.effects.order_by("pk"):
        ledger[effect.attempt_id].append(effect)
    return [_try(attempt, ledger[attempt.pk], move.state) for attempt in attempts]


def percents(moves: Iterable[Move]) -> dict[int, int]:
    """How far each running move is; one query, and none where nothing runs."""
    running = [move.pk for move in moves if move.state == MoveState.RUNNING]
    if not running:
        return {}
    done = Effect.objects.filter(
        move__in=running, attempt__ended_at=None, undone=False
    ).order_by()
    counts = dict(done.values_list("move").annotate(Count("pk")))
    return {pk: 100 * counts.get(pk, 0) // len(STEPS) for pk in running}


def _try(attempt: Attempt, effects: list[Effect], state: str) -> Try:
    done = {effect.step: effect.done_at for effect in effects if not effect.undone}
    undone = (effect.done_at for effect in effects if effect.undone)
    lines, ahead = [], _mark(attempt, state)
    for step in STEPS:
        if step in done:
            lines.append(Line(step, DONE, done[step]))
            continue
        lines.append(Line(step, ahead))
        ahead = TODO
    return Try(attempt, tuple(lines), next(undone, None))


def _mark(attempt: Attempt, state: str) -> str:
    """What the first step that was not done looks like."""
    if attempt.ended_at:
        return ENDS.get(attempt.outcome, TODO)
    return DOUBT if state == MoveState.IN_DOUBT else NOW
