"""What people may do about a run: try again, or settle a doubt."""

from functools import partial

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from adminmoves import access, celery_tasks, lifecycle
from adminmoves.access import Actor
from adminmoves.archive import copying
from adminmoves.audit import trail
from adminmoves.errors import ChangedMeanwhile, DomainError, StepRefused
from adminmoves.models import Aftercare, Attempt, Move
from adminmoves.models.clock import database_now
from adminmoves.models.people import display_name
from adminmoves.vocabulary import Action, EventCode, MoveState, Outcome, Right, StepCode

DONE, NOT_DONE, ROLL_BACK = "done", "not_done", "roll_back"
ANSWERS = frozenset({DONE, NOT_DONE, ROLL_BACK})


@transaction.atomic
def retry_move(move_id: int, *, actor: Actor, version: str | None = None) -> Move:
    """Queue a failed or stopped move again; a new attempt looks at everything anew."""
    move = lifecycle.advance(move_id, Action.RETRY, actor=actor, version=version)
    transaction.on_commit(partial(celery_tasks.send, celery_tasks.DRAIN))
    return move


@transaction.atomic
def settle_move(
    move_id: int,
    *,
    actor: Actor,
    answer: str,
    reason: str,
    version: str | None = None,
) -> Move:
    """A lead says how a doubtful run goes on; the worker does it.

    ``version`` is the one that was read: an answer is about one doubt, and the run may
    have been settled and come in doubt again since. Raises ChangedMeanwhile.
    The lease is left expired, never empty: that is what a takeover looks for.
    """
    if answer not in ANSWERS or not reason.strip():
        raise DomainError(_("Choose how it goes on, and say how you know."))
    move = lifecycle.advance(
        move_id,
        Action.SETTLE,
        actor=actor,
        version=version,
        params={"answer": answer},
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
    transaction.on_commit(partial(celery_tasks.send, celery_tasks.DRAIN))
    return move


@transaction.atomic
def stop_move(
    move_id: int, *, actor: Actor, reason: str, version: str | None = None
) -> Attempt:
    """Ask a run to stop and roll back; its worker does so at the next safe point.

    Raises StepRefused when it does not run any more: what was switched stays; and
    ChangedMeanwhile when it is another run than the one that was seen.
    """
    access.require(actor, Right.STOP_RUN)
    if not reason.strip():
        raise DomainError(_("Write down why it has to stop."))
    move = lifecycle.lock_move(move_id)
    lifecycle.require_version(move, version)
    if move.state != MoveState.RUNNING:
        raise StepRefused(lifecycle.already_changed_message(move))
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
    transaction.on_commit(partial(celery_tasks.send, celery_tasks.DRAIN))
    return attempt


@transaction.atomic
def tick_aftercare(
    move_id: int, code: str, *, actor: Actor, done: bool, version: str | None = None
) -> Aftercare:
    """Tick one thing off, or untick it; ``version`` is the one that was read.

    Raises ChangedMeanwhile: somebody else did so since.
    """
    access.require(actor, Right.TICK_AFTERCARE)
    held = Aftercare.objects.select_for_update(of=("self",)).select_related("ticked_by")
    item = held.get(move_id=move_id, code=code)
    if version is not None and version != item.version:
        raise ChangedMeanwhile(_told_of_care(item))
    item.ticked_by_id = actor.user_id if done else None
    item.ticked_at = timezone.now() if done else None
    item.save()
    line = trail.about_move(
        item.move, EventCode.AFTERCARE_TICKED, params={"item": code, "done": done}
    )
    trail.record(actor, [line])
    return item


def _told_of_care(item: Aftercare) -> str:
    who, at = item.ticked_by, item.ticked_at
    if who is None or at is None:
        return _("Nothing was kept: meanwhile this is open again. Look at it again.")
    return _(
        "Nothing was kept: %(who)s ticked this off at %(at)s. Look at it again."
    ) % {
        "who": display_name(who),
        "at": formats.date_format(timezone.localtime(at), "DATETIME_FORMAT"),
    }
