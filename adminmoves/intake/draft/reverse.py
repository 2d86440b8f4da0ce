"""Turning a completed move back: a request of its own, filled in from the first.

Basecone knows no undo (domain.md par. 4), so a reverse keeps every rule: the package
first, the checks, four eyes, a plan that is approved.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from adminmoves import access
from adminmoves.access import Actor
from adminmoves.detail.reversal import load_reversal
from adminmoves.errors import DomainError, StepRefused
from adminmoves.intake.draft.actions import blank_draft, store_draft
from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, MoveType, Right


def blank_reverse(first: Move, *, actor: Actor, intent: MoveType | None = None) -> Move:
    """A draft of the way back that is not stored.

    ``intent``: the type that was chosen for it; without one it is the first one's,
    since the way back changes the same things. Raises StepRefused, DomainError.
    """
    require_reversible(first)
    first_type = MoveType(first.move_type)
    return blank_draft(
        intent or first_type,
        actor=actor,
        answers=_answers_back(first),
        answered_type=first_type,
        reverses=first,
    )


@transaction.atomic
def start_reverse(
    move_id: int, *, actor: Actor, intent: MoveType | None = None
) -> Move:
    """Store a draft that brings an administration back to where a move found it.

    Raises NotAllowed, StepRefused, DomainError.
    """
    access.require(actor, Right.DRAFT)
    moves = Move.objects.with_estate().select_for_update(of=("self",))
    first = moves.get(pk=move_id)
    return store_draft(blank_reverse(first, actor=actor, intent=intent), actor=actor)


def require_reversible(first: Move) -> None:
    """Raises StepRefused or DomainError with the reason why there is no way back."""
    if first.state != MoveState.COMPLETED:
        raise StepRefused(_("Only a completed migration can be turned back."))
    reversal = load_reversal(first)
    if reversal.request:
        raise DomainError(
            _("%(n)s turns this migration back already.")
            % {"n": reversal.request.number}
        )
    if reversal.later:
        raise DomainError(
            _("The administration was moved afterwards with %(n)s.")
            % {"n": reversal.later.number}
        )


def _answers_back(first: Move) -> dict[str, Any]:
    # Who asked and who consented then say nothing of now, so they do not come along.
    # Whether the old place is free is for the checks of the draft to say.
    return {
        "administration": first.administration,
        "to_environment": first.from_environment,
        "to_connection": first.from_connection,
        "to_code": first.from_code,
    }
