"""What waits for approval, longest waiting first, as one line each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from adminmoves.access import Actor
from adminmoves.approval.decisions import Decision
from adminmoves.evidence.records import is_stale, why_lapsed
from adminmoves.models import Contributor, Move, Retirement
from adminmoves.rules.plan import make_plan
from adminmoves.rules.preflight import Report, Result, inspect_many
from adminmoves.vocabulary import Moment

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line; ``is_own``: the reader worked on it, so another one decides.

    ``is_held``: it would be refused now. ``choice`` and ``refusal``: how it was ticked
    and what became of that.
    """

    move: Move
    is_own: bool
    is_held: bool
    warnings: tuple[Result, ...]
    plan_hash: str
    choice: Decision | None = None
    refusal: str = ""

    @property
    def can_be_ticked(self) -> bool:
        return not (self.is_own or self.is_held)

    @property
    def is_seen(self) -> bool:
        """Whether the warnings of now are those that were ticked as seen."""
        seen = self.choice.seen if self.choice else frozenset()
        return all(warning.key in seen for warning in self.warnings)


@dataclass(frozen=True, slots=True)
class ApprovalQueue:
    lines: tuple[Waiting, ...]
    has_more: bool

    @property
    def tickable(self) -> list[Waiting]:
        return [line for line in self.lines if line.can_be_ticked]

    @property
    def warned(self) -> list[Waiting]:
        return [line for line in self.tickable if line.warnings]

    def ticked(
        self, choices: Sequence[Decision], refusals: Mapping[int, str]
    ) -> "ApprovalQueue":
        """The same with what was ticked, and at each line why it was refused."""
        sent = {choice.move_id: choice for choice in choices}
        lines = (
            replace(
                line,
                choice=sent.get(line.move.pk),
                refusal=refusals.get(line.move.pk, ""),
            )
            for line in self.lines
        )
        return replace(self, lines=tuple(lines))

    @property
    def for_reader(self) -> int:
        return sum(not line.is_own for line in self.lines)

    def position(self, move_id: int) -> int:
        """From 1; 0 for a move that does not wait here."""
        ids = [line.move.pk for line in self.lines]
        return ids.index(move_id) + 1 if move_id in ids else 0

    def choose(self, number: str) -> Move | None:
        """The move that was asked for, else the first that the reader may decide."""
        chosen = [line for line in self.lines if line.move.has_number(number)]
        mine = [line for line in self.lines if not line.is_own]
        first = next(iter([*chosen, *mine, *self.lines]), None)
        return first.move if first else None

    def after(self, move_id: int) -> Move | None:
        """The next line after a decision on that one; the one before at the end."""
        place = self.position(move_id)
        others = [line.move for line in self.lines if line.move.pk != move_id]
        if not others:
            return None
        return others[min(max(place, 1), len(others)) - 1]


@dataclass(frozen=True, slots=True)
class ToRetire:
    """An administration to retire or bring back; ``is_own``: the reader asked it."""

    retirement: Retirement
    is_own: bool


def waiting_retirements(actor: Actor) -> list[ToRetire]:
    """Longest waiting first."""
    asked = Retirement.objects.waiting().with_people().order_by("pk")[:SHOWN]
    return [ToRetire(one, one.requested_by_id == actor.user_id) for one in asked]


def waiting_for_approval(actor: Actor) -> ApprovalQueue:
    waiting = Move.objects.waiting_for_approval().with_estate().whole()
    moves = list(waiting.order_by("state_since", "pk")[: SHOWN + 1])
    shown = moves[:SHOWN]
    own, reports = _worked_on(shown, actor), inspect_many(shown)
    lines = (_line(move, reports[move.pk], is_own=move.pk in own) for move in shown)
    return ApprovalQueue(tuple(lines), has_more=len(moves) > SHOWN)


def _line(move: Move, report: Report, *, is_own: bool) -> Waiting:
    return Waiting(
        move=move,
        is_own=is_own,
        is_held=bool(report.holding(Moment.APPROVE)) or _lapses(move),
        warnings=report.warnings,
        plan_hash=make_plan(move).hash,
    )


def _lapses(move: Move) -> bool:
    """Whether its proof does not count any more, or not at the moment asked for."""
    proof = move.proof
    if proof is None or why_lapsed(proof):
        return True
    return move.not_before is not None and is_stale(proof, move.not_before)


def _worked_on(moves: list[Move], actor: Actor) -> set[int]:
    parts = Contributor.objects.filter(move__in=moves, user=actor.user_id)
    return set(parts.values_list("move_id", flat=True))
