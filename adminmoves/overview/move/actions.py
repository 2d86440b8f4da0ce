"""Comments on a move."""

from django.db import transaction
from django.utils.translation import gettext as _

from adminmoves import access, lifecycle
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.errors import DomainError
from adminmoves.vocabulary import EventCode, Right


@transaction.atomic
def comment(move_id: int, *, actor: Actor, text: str) -> None:
    """Write a comment into the trail, where it stays with the name of its author."""
    access.require(actor, Right.COMMENT)
    if not text.strip():
        raise DomainError(_("Write your comment first."))
    # Lock the move before its trail, in the order of a run: the other order deadlocks.
    move = lifecycle.lock_move(move_id)
    line = trail.about_move(move, EventCode.COMMENTED, words={"text": text.strip()})
    trail.record(actor, [line])
