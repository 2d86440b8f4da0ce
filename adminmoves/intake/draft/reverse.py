"""Turning a completed move back: a request of its own, filled in from the first.

Basecone knows no undo (domain.md par. 4), so a reverse keeps every rule: the package
first, the checks, four eyes, a plan that is approved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Q, Subquery
from django.utils.translation import gettext as _

from adminmoves import access
from adminmoves.access import Actor
from adminmoves.errors import DomainError, StepRefused
from adminmoves.intake.draft.actions import blank_draft, start_draft
from adminmoves.models import Move
from adminmoves.models.question import KEY, Question
from adminmoves.rules.preflight import code_key
from adminmoves.vocabulary import MoveState, MoveType, Right

S = MoveState
IN_VAIN = frozenset({S.REJECTED, S.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Turning:
    """Whether a completed move can be turned back, and who asked for that before.

    ``asked``: requests that turn it back, the newest first. ``later``: the move that
    brought the administration to another place since; None while it is there.
    """

    asked: Sequence[Move]
    later: Move | None

    @property
    def by(self) -> Move | None:
        """The request that turns it back, under way or completed."""
        return next((one for one in self.asked if one.state not in IN_VAIN), None)

    @property
    def in_vain(self) -> Move | None:
        """The newest one that came to nothing, where there is no other."""
        return next(iter(self.asked), None) if self.by is None else None

    @property
    def is_offered(self) -> bool:
        return self.by is None and self.later is None


@dataclass(frozen=True, slots=True)
class Back:
    """What a request turns back; ``elsewhere``: it asks for another place than then."""

    first: Move
    elsewhere: bool


def look_at_turning(first: Move, *, is_asked: bool = True) -> Turning:
    """Of a completed move. One query; none where it is there still, and not
    ``is_asked`` back."""
    administration = first.administration
    if administration is None:
        raise ValueError("only a completed move is turned back")
    is_there = (administration.connection_id, administration.code_key) == (
        first.to_connection_id,
        first.to_code_key,
    )
    if is_there and not is_asked:
        return Turning((), later=None)
    known = _about().rows(first.pk)
    asked = [move for move in known if move.reverses_id == first.pk]
    completed = (move for move in known if move.state == S.COMPLETED)
    newest = max(completed, key=lambda move: (move.ended_at, move.pk), default=None)
    return Turning(asked, later=None if is_there else newest)


@cache
def _about() -> Question[Move]:
    """Requests to turn a move back, and what its administration completed last."""
    administrations = Move.objects.filter(pk=KEY).values("administration")
    done = Move.objects.filter(
        administration=Subquery(administrations), state=S.COMPLETED
    )
    last = done.order_by("-ended_at", "-pk").values("pk")[:1]
    about = Move.objects.filter(Q(reverses=KEY) | Q(pk=Subquery(last)))
    return Question.of(about.order_by("-pk"))


def look_back(move: Move) -> Back | None:
    """What this move turns back; no query where ``reverses__place_left`` is joined."""
    if move.reverses is None:
        return None
    left = move.reverses.place_left
    # Before it is stored the database has made no key of it.
    key = move.to_code_key if move.is_stored else code_key(move.package, move.to_code)
    now_asked = (move.to_connection_id, key)
    is_filled_in = bool(move.to_connection_id and move.to_code)
    elsewhere = is_filled_in and now_asked != (left.connection_id, left.code_key)
    return Back(move.reverses, elsewhere)


def blank_reverse(first: Move, *, actor: Actor) -> Move:
    """What the form of a way back begins with; nothing is stored.

    Who asked and who consented then do not come along: they are asked again. Whether
    the old place is free is for the checks of the draft to say.
    """
    require_way_back(first)
    return blank_draft(
        way_back_type(first), actor=actor, answers=way_back(first), reverses=first
    )


@transaction.atomic
def start_reverse(move_id: int, *, actor: Actor) -> Move:
    """A draft that brings an administration back to where a completed move found it."""
    access.require(actor, Right.DRAFT)
    moves = Move.objects.with_estate().select_for_update(of=("self",))
    first = moves.get(pk=move_id)
    require_way_back(first)
    return start_draft(
        way_back_type(first), actor=actor, answers=way_back(first), reverses=first
    )


def require_way_back(first: Move) -> None:
    """Raises StepRefused or DomainError with the reason why there is none."""
    if first.state != S.COMPLETED:
        raise StepRefused(_("Only a completed migration can be turned back."))
    turning = look_at_turning(first)
    if turning.by:
        raise DomainError(
            _("%(n)s turns this migration back already.") % {"n": turning.by.number}
        )
    if turning.later:
        raise DomainError(
            _("The administration was moved afterwards with %(n)s.")
            % {"n": turning.later.number}
        )


def way_back_type(first: Move) -> MoveType:
    """The type of the way there: the same things differ."""
    return MoveType(first.move_type)


def way_back(first: Move) -> dict[str, Any]:
    return {
        "administration": first.administration,
        "to_environment": first.from_environment,
        "to_connection": first.from_connection,
        "to_code": first.from_code,
    }
