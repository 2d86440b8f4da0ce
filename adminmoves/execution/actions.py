"""Actions of people on a run: retry, settle, stop; and ticking off the after-care."""

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
    """Queue a failed or stopped move again; a new attempt repeats every check."""
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
    """Record how a lead settles a run in doubt; a worker then goes on with it.

    ``version``: of the doubt that was read, since another one may have come after it.
    Raises ChangedMeanwhile.
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
    # Otherwise the next takeover would be one too many, and a doubt again.
    attempt.takeovers = 0
    # Expired, never empty: a takeover looks for a lease that expired.
    attempt.lease_until = database_now()
    copied = attempt.effects.filter(step=StepCode.COPY_ARCHIVE).exists()
    # What is in the ledger was compared; without that line nobody knows what is there.
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

    Raises StepRefused if the run has ended (a move that completed stays so), and
    ChangedMeanwhile if the page showed another run.
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
    """Tick one item off, or untick it.

    ``version``: of the item that was read. Raises ChangedMeanwhile.
    """
    access.require(actor, Right.TICK_AFTERCARE)
    items = Aftercare.objects.select_related("ticked_by")
    locked = items.select_for_update(of=("self",))
    item = locked.get(move_id=move_id, code=code)
    if version is not None and version != item.version:
        raise ChangedMeanwhile(_already_ticked_message(item))
    item.ticked_by_id = actor.user_id if done else None
    item.ticked_at = timezone.now() if done else None
    item.save()
    line = trail.about_move(
        item.move, EventCode.AFTERCARE_TICKED, params={"item": code, "done": done}
    )
    trail.record(actor, [line])
    return item


def _already_ticked_message(item: Aftercare) -> str:
    who, at = item.ticked_by, item.ticked_at
    if who is None or at is None:
        return _("Nothing was kept: meanwhile this is open again. Look at it again.")
    return _(
        "Nothing was kept: %(who)s ticked this off at %(at)s. Look at it again."
    ) % {
        "who": display_name(who),
        "at": formats.date_format(timezone.localtime(at), "DATETIME_FORMAT"),
    }
