"""The queue for approval: one line per request, longest waiting first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef

from adminmoves.access import Actor
from adminmoves.approval.decisions import Decision
from adminmoves.evidence.records import is_stale, why_lapsed
from adminmoves.models import Contributor, Move, Retirement
from adminmoves.rules.plan import make_plan
from adminmoves.rules.preflight import Report, Result, inspect_many
from adminmoves.vocabulary import Moment, MoveState

MAX_LINES = 100


@dataclass(frozen=True, slots=True)
class QueueLine:
    """``is_own``: the reader worked on it, so somebody else decides.

    ``is_blocked``: an approval would be refused now. ``decision`` and ``refusal``: how
    the reader ticked it, and why that was refused.
    """

    move: Move
    is_own: bool
    is_blocked: bool
    warnings: tuple[Result, ...]
    plan_hash: str
    decision: Decision | None = None
    refusal: str = ""

    @property
    def can_be_ticked(self) -> bool:
        return not (self.is_own or self.is_blocked)

    @property
    def is_seen(self) -> bool:
        """Whether all warnings of now were ticked; one may have come since."""
        seen = self.decision.seen if self.decision else frozenset()
        return all(warning.key in seen for warning in self.warnings)


@dataclass(frozen=True, slots=True)
class ApprovalQueue:
    """``lines``: at most MAX_LINES. ``total`` counts all requests that wait, and
    ``for_reader`` those that the reader may decide on. ``named``: the move that the
    address names, which may have no line or wait no longer."""

    lines: tuple[QueueLine, ...]
    total: int
    for_reader: int
    named: Move | None = None

    @property
    def has_more(self) -> bool:
        return self.total > len(self.lines)

    @property
    def tickable(self) -> list[QueueLine]:
        return [line for line in self.lines if line.can_be_ticked]

    @property
    def warned(self) -> list[QueueLine]:
        return [line for line in self.tickable if line.warnings]

    def with_refusals(
        self, decisions: Sequence[Decision], refusals: Mapping[int, str]
    ) -> "ApprovalQueue":
        """Each line with how it was ticked, and why that was refused."""
        by_move = {decision.move_id: decision for decision in decisions}
        lines = (
            replace(
                line,
                decision=by_move.get(line.move.pk),
                refusal=refusals.get(line.move.pk, ""),
            )
            for line in self.lines
        )
        return replace(self, lines=tuple(lines))

    def position(self, move_id: int) -> int:
        """From 1; 0 for a move that is not in the queue."""
        ids = [line.move.pk for line in self.lines]
        return ids.index(move_id) + 1 if move_id in ids else 0

    @property
    def decided(self) -> Move | None:
        """The named move where it waits no longer."""
        is_waiting = self.named and self.named.state == MoveState.AWAITING_APPROVAL
        return None if is_waiting else self.named

    def choose(self) -> Move | None:
        """The named move, else the first that the reader may decide on."""
        if self.named and not self.decided:
            return self.named
        to_decide = [line for line in self.lines if not line.is_own]
        first = next(iter([*to_decide, *self.lines]), None)
        return first.move if first else None

    def after(self, move_id: int) -> Move | None:
        """The move to show after a decision on that one; at the end the one before."""
        position = self.position(move_id)
        others = [line.move for line in self.lines if line.move.pk != move_id]
        if not others:
            return None
        # Without the decided move, the next one has its position.
        return others[min(max(position, 1), len(others)) - 1]


@dataclass(frozen=True, slots=True)
class RetirementLine:
    """``is_own``: the reader asked for it, so somebody else decides."""

    retirement: Retirement
    is_own: bool


def waiting_retirements(actor: Actor) -> list[RetirementLine]:
    """Longest waiting first."""
    waiting = Retirement.objects.waiting().with_people().order_by("pk")[:MAX_LINES]
    return [
        RetirementLine(retirement, retirement.requested_by_id == actor.user_id)
        for retirement in waiting
    ]


def waiting_for_approval(actor: Actor, number: str = "") -> ApprovalQueue:
    waiting = Move.objects.waiting_for_approval()
    ordered = waiting.with_estate().with_related().order_by("state_since", "pk")
    moves = list(ordered[:MAX_LINES])
    own_ids, reports = _ids_worked_on(moves, actor), inspect_many(moves)
    lines = (_line(move, reports[move.pk], is_own=move.pk in own_ids) for move in moves)
    total, for_reader = len(moves), len(moves) - len(own_ids)
    # Only a full list may lack some.
    if total == MAX_LINES:
        own = Contributor.objects.filter(move=OuterRef("pk"), user=actor.user_id)
        total, for_reader = waiting.count(), waiting.filter(~Exists(own)).count()
    return ApprovalQueue(tuple(lines), total, for_reader, _named(number, moves))


def _named(number: str, moves: list[Move]) -> Move | None:
    """The move with that number, also where it is not among these."""
    for move in moves:
        if move.has_number(number):
            return move
    return Move.objects.filter(Move.numbered(number)).first() if number else None


def _line(move: Move, report: Report, *, is_own: bool) -> QueueLine:
    return QueueLine(
        move=move,
        is_own=is_own,
        is_blocked=bool(report.holding(Moment.APPROVE)) or _has_lapsed_proof(move),
        warnings=report.warnings,
        plan_hash=make_plan(move).hash,
    )


def _has_lapsed_proof(move: Move) -> bool:
    """Whether the proof no longer counts, now or at the moment that was asked for."""
    proof = move.proof
    if proof is None or why_lapsed(proof):
        return True
    return move.not_before is not None and is_stale(proof, move.not_before)


def _ids_worked_on(moves: list[Move], actor: Actor) -> set[int]:
    contributions = Contributor.objects.filter(move__in=moves, user=actor.user_id)
    return set(contributions.values_list("move_id", flat=True))
