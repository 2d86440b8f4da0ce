"""Pausing the queue and letting it go on, on the record."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves import access, doorbell
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.errors import DomainError
from adminmoves.models import QueueSwitch
from adminmoves.vocabulary import EventCode, Right

JOB = "queue"


@transaction.atomic
def pause_queue(*, actor: Actor, reason: str, draining: bool = False) -> QueueSwitch:
    """Nothing new starts from now on; what runs goes on.

    ``draining``: whoever pauses waits until nothing runs any more, and the pages say
    when that is.
    """
    access.require(actor, Right.SWITCH_QUEUE)
    switch = _hold()
    if switch.paused_at is not None:
        raise DomainError(_("The queue is paused already."))
    if not reason.strip():
        raise DomainError(_("Write down why the queue has to wait."))
    switch.paused_at, switch.paused_by_id = timezone.now(), actor.person
    switch.reason, switch.draining = reason.strip(), draining
    switch.save()
    _write_down(actor, EventCode.QUEUE_PAUSED, reason, {"draining": draining})
    return switch


@transaction.atomic
def resume_queue(*, actor: Actor, reason: str) -> QueueSwitch:
    """Moves may start again; workers hear it after commit."""
    access.require(actor, Right.SWITCH_QUEUE)
    switch = _hold()
    if switch.paused_at is None:
        raise DomainError(_("The queue is not paused."))
    if not reason.strip():
        raise DomainError(_("Write down why the queue may go on."))
    paused_at = switch.paused_at.isoformat()
    switch.paused_at = switch.paused_by = None
    switch.reason, switch.draining = "", False
    switch.resumed_at = timezone.now()
    switch.save()
    _write_down(actor, EventCode.QUEUE_RESUMED, reason, {"paused_at": paused_at})
    transaction.on_commit(partial(doorbell.ring, doorbell.RUN))
    return switch


def _hold() -> QueueSwitch:
    return QueueSwitch.objects.select_for_update().get()


def _write_down(
    actor: Actor, code: EventCode, reason: str, params: dict[str, object]
) -> None:
    line = trail.about_job(
        JOB, code, subject="", params=params, words={"reason": reason.strip()}
    )
    trail.record(actor, [line])
