"""Whether a completed move can be turned back, and which move a request turns back."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.db.models import Q, Subquery

from adminmoves.models import Move
from adminmoves.models.keys import code_key
from adminmoves.models.question import KEY, Question
from adminmoves.vocabulary import REFUSED_STATES, MoveState


@dataclass(frozen=True, slots=True)
class Reversal:
    """Whether a completed move can be turned back, and who asked for that before.

    ``requests``: those that turn it back, the newest first. ``later``: the move that
    brought the administration to another place since; None while it is there.
    """

    requests: Sequence[Move]
    later: Move | None

    @property
    def request(self) -> Move | None:
        """The request that turns it back, under way or completed."""
        return next((m for m in self.requests if m.state not in REFUSED_STATES), None)

    @property
    def dropped(self) -> Move | None:
        """The newest request that was rejected or withdrawn, if there is no other."""
        return next(iter(self.requests), None) if self.request is None else None


@dataclass(frozen=True, slots=True)
class WayBack:
    """What a request turns back; ``elsewhere``: to another place than it came from."""

    first: Move
    elsewhere: bool


def load_reversal(first: Move, *, is_asked_back: bool = True) -> Reversal:
    """Of a completed move, in one query.

    Without ``is_asked_back`` no request turns it back, which spares the query while
    the administration is still there.
    """
    administration = first.administration
    if administration is None:
        raise ValueError("only a completed move is turned back")
    is_there = (administration.connection_id, administration.code_key) == (
        first.to_connection_id,
        first.to_code_key,
    )
    if is_there and not is_asked_back:
        return Reversal((), later=None)
    moves = _reversal_query().rows(first.pk)
    requests = [move for move in moves if move.reverses_id == first.pk]
    completed = (move for move in moves if move.state == MoveState.COMPLETED)
    newest = max(completed, key=lambda move: (move.ended_at, move.pk), default=None)
    return Reversal(requests, later=None if is_there else newest)


@cache
def _reversal_query() -> Question[Move]:
    """Requests to turn a move back, and what its administration completed last."""
    administrations = Move.objects.filter(pk=KEY).values("administration")
    completed = Move.objects.filter(
        administration=Subquery(administrations), state=MoveState.COMPLETED
    )
    last = completed.order_by("-ended_at", "-pk").values("pk")[:1]
    moves = Move.objects.filter(Q(reverses=KEY) | Q(pk=Subquery(last)))
    return Question.of(moves.order_by("-pk"))


def way_back_of(move: Move) -> WayBack | None:
    """What this move turns back; no query if ``reverses__place_left`` is joined."""
    if move.reverses is None:
        return None
    left = move.reverses.place_left
    # The database makes the key of a code when it stores a move.
    key = move.to_code_key if move.is_stored else code_key(move.package, move.to_code)
    target = (move.to_connection_id, key)
    is_filled_in = bool(move.to_connection_id and move.to_code)
    elsewhere = is_filled_in and target != (left.connection_id, left.code_key)
    return WayBack(move.reverses, elsewhere)
