"""What people may do about a run: try again, or settle a doubt."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves import access, doorbell, lifecycle
from adminmoves.access import Actor
from adminmoves.archive import copying
from adminmoves.audit import trail
from adminmoves.clock import database_now
from adminmoves.errors import DomainError, StepRefused
from adminmoves.models import Aftercare, Attempt, Move
from adminmoves.vocabulary import Action, EventCode, MoveState, Outcome, Right, StepCode

DONE, NOT_DONE, ROLL_BACK = "done", "not_done", "roll_back"
ANSWERS = frozenset({DONE, NOT_DONE, ROLL_BACK})


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
    if answer not in ANSWERS or not reason.strip():
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
    attempt.lease_until = database_now()
    copied = attempt.effects.filter(step=StepCode.COPY_ARCHIVE).exists()
    if answer == NOT_DONE and not copied:
        copying.begin_again(attempt)
    if answer == ROLL_BACK and not attempt.undo_outcome:
        attempt.undo_outcome = Outcome.STOPPED
        attempt.undo_reason = {"code": "rolled_back_by_person", "who": actor.name}
    attempt.save()
    transaction.on_commit(partial(doorbell.ring, doorbell.RUN))
    return move


@transaction.atomic
def stop_move(move_id: int, *, actor: Actor, reason: str) -> Attempt:
    """Ask a run to stop and roll back; its worker does so at the next safe point.

    Raises StepRefused when it does not run any more: what was switched stays.
    """
    access.require(actor, Right.STOP_RUN)
    if not reason.strip():
        raise DomainError(_("Write down why it has to stop."))
    move = lifecycle.hold(move_id)
    if move.state != MoveState.RUNNING:
        raise StepRefused(lifecycle.told_meanwhile(move))
    attempt = move.attempts.select_for_update().get(ended_at=None)
    if attempt.stop_asked_at or attempt.undo_outcome:
        raise StepRefused(_("It is being stopped already. Nothing was changed."))
    attempt.stop_asked_at, attempt.stop_asked_by_id = timezone.now(), actor.person
    attempt.save(update_fields=["stop_asked_at", "stop_asked_by"])
    params = {"attempt": attempt.number}
    line = trail.about_move(
        move, EventCode.RUN_STOP_ASKED, params=params, words={"reason": reason}
    )
    trail.record(actor, [line])
    transaction.on_commit(partial(doorbell.ring, doorbell.RUN))
    return attempt


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
