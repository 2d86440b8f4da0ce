"""Withdraw a request, in any state before it runs or after it came to nothing."""

from django.db import transaction
from django.utils.translation import gettext as _

from adminmoves import lifecycle
from adminmoves.access import Actor
from adminmoves.errors import DomainError
from adminmoves.intake.draft.actions import require_owner
from adminmoves.models import Move
from adminmoves.vocabulary import Action, MoveState


@transaction.atomic
def withdraw_move(
    move_id: int, *, actor: Actor, reason: str, version: str | None = None
) -> Move:
    """``version`` is the one that was read.

    Raises NotAllowed, DomainError (no reason), ChangedMeanwhile, StepRefused.
    """
    move = lifecycle.lock_move(move_id)
    # Nobody else has seen a draft, so only its owner minds, and needs no reason.
    if move.state == MoveState.DRAFT:
        require_owner(move, actor)
    elif not reason.strip():
        raise DomainError(_("Say why you withdraw this request."))
    return lifecycle.advance(
        move_id,
        Action.WITHDRAW,
        actor=actor,
        version=version,
        words={"reason": reason},
    )
