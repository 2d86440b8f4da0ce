"""What waits for approval, longest waiting first, as one line each."""

from dataclasses import dataclass

from adminmoves.access import Actor
from adminmoves.models import Contributor, Event, Move
from adminmoves.vocabulary import EventCode

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line; ``is_own``: the reader worked on it, so another one decides."""

    move: Move
    is_own: bool
    warnings: int


@dataclass(frozen=True, slots=True)
class Queue:
    lines: tuple[Waiting, ...]
    has_more: bool

    @property
    def for_reader(self) -> int:
        return sum(not line.is_own for line in self.lines)

    def position(self, move_id: int) -> int:
        """From 1; 0 for a move that does not wait here."""
        ids = [line.move.pk for line in self.lines]
        return ids.index(move_id) + 1 if move_id in ids else 0

    def choose(self, number: str) -> Move | None:
        """The move that was asked for, else the first that the reader may decide."""
        asked = Move.id_from_number(number)
        chosen = [line for line in self.lines if line.move.pk == asked]
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


def waiting_for_approval(actor: Actor) -> Queue:
    waiting = Move.objects.waiting_for_approval().with_estate().select_related("proof")
    moves = list(waiting.order_by("state_since", "pk")[: SHOWN + 1])
    shown = moves[:SHOWN]
    own, warned = _worked_on(shown, actor), _warnings(shown)
    lines = (Waiting(move, move.pk in own, warned.get(move.pk, 0)) for move in shown)
    return Queue(tuple(lines), has_more=len(moves) > SHOWN)


def _worked_on(moves: list[Move], actor: Actor) -> set[int]:
    parts = Contributor.objects.filter(move__in=moves, user=actor.user_id)
    return set(parts.values_list("move_id", flat=True))


def _warnings(moves: list[Move]) -> dict[int, int]:
    """How many warnings each had when it was submitted; the last submit counts."""
    submits = Event.objects.filter(move__in=moves, code=EventCode.MOVE_SUBMITTED)
    told = submits.order_by("pk").values_list("move_id", "params")
    return {
        move_id: len(params.get("warnings", ()))
        for move_id, params in told
        if move_id is not None
    }
