"""What people may do about a run: try again, or settle a doubt."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves import access, doorbell, lifecycle
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.errors import DomainError
from adminmoves.models import Aftercare, Move
from adminmoves.vocabulary import Action, EventCode, Outcome, Right

GO_ON, ROLL_BACK = "go_on", "roll_back"


@transaction.atomic
def retry_move(move_id: int, *, actor: Actor) -> Move:
    """Queue a failed or stopped move again; a new attempt looks at everything anew."""
    move = lifecycle.advance(move_id, Action.RETRY, actor=actor)
    transaction.on_commit(partial(doorbell.ring, doorbell.RUN))
    return move


@transaction.atomic
def settle_move(move_id: int, *, actor: Actor, answer: str, reason: str) -> Move:
    """A lead says how a doubtful run goes on; the worker does it.

    The lease is left expired, never empty: that is what a takeover looks for.
    """
    if answer not in {GO_ON, ROLL_BACK} or not reason.strip():
        raise DomainError(_("Choose how it goes on, and say how you know."))
    move = lifecycle.advance(
        move_id,
        Action.SETTLE,
        actor=actor,
        told={"answer": answer},
        words={"reason": reason},
    )
    attempt = move.attempts.get(ended_at=None)
    attempt.takeovers = 0
    attempt.lease_until = timezone.now()
    if answer == ROLL_BACK and not attempt.undo_outcome:
        attempt.undo_outcome = Outcome.STOPPED
        attempt.undo_reason = {"code": "rolled_back_by_person", "who": actor.name}
    attempt.save()
    transaction.on_commit(partial(doorbell.ring, doorbell.RUN))
    return move


@transaction.atomic
def tick_aftercare(move_id: int, code: str, *, actor: Actor, done: bool) -> Aftercare:
    access.require(actor, Right.TICK_AFTERCARE)
    item = Aftercare.objects.select_for_update().get(move_id=move_id, code=code)
    item.ticked_by_id = actor.user_id if done else None
    item.ticked_at = timezone.now() if done else None
    item.save()
    line = trail.about_move(
        item.move, EventCode.AFTERCARE_TICKED, params={"item": code, "done": done}
    )
    trail.record(actor, [line])
    return item
