"""Pauses the queue and resumes it; each writes an event."""

from functools import partial

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from adminmoves import access, celery_tasks
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.errors import DomainError, StepRefused
from adminmoves.models import QueueSwitch
from adminmoves.models.people import display_name
from adminmoves.vocabulary import EventCode, Right

JOB = "queue"


@transaction.atomic
def pause_queue(*, actor: Actor, reason: str, draining: bool = False) -> QueueSwitch:
    """Let nothing new start; runs that are going on go on.

    ``draining``: the person waits until nothing runs, and the pages say when that is.
    """
    access.require(actor, Right.SWITCH_QUEUE)
    switch = _lock_switch()
    if switch.paused_at is not None:
        raise StepRefused(_already_paused_message(switch))
    if not reason.strip():
        raise DomainError(_("Write down why the queue has to wait."))
    switch.paused_at, switch.paused_by_id = timezone.now(), actor.person
    switch.reason, switch.draining = reason.strip(), draining
    switch.save()
    _write_event(actor, EventCode.QUEUE_PAUSED, reason, {"draining": draining})
    return switch


@transaction.atomic
def resume_queue(*, actor: Actor, reason: str, seen: str | None = None) -> QueueSwitch:
    """Let moves start again, and send the workers a task after commit.

    ``seen``: the moment at which the pause began that the person saw, because somebody
    may have paused the queue again for another reason. None resumes any pause.
    """
    access.require(actor, Right.SWITCH_QUEUE)
    switch = _lock_switch()
    if switch.paused_at is None:
        raise StepRefused(_("The queue is not paused."))
    if seen is not None and seen != switch.paused_at.isoformat():
        raise StepRefused(_already_paused_message(switch))
    if not reason.strip():
        raise DomainError(_("Write down why the queue may go on."))
    paused_at = switch.paused_at.isoformat()
    switch.paused_at = switch.paused_by = None
    switch.reason, switch.draining = "", False
    switch.resumed_at = timezone.now()
    switch.save()
    _write_event(actor, EventCode.QUEUE_RESUMED, reason, {"paused_at": paused_at})
    transaction.on_commit(partial(celery_tasks.send, celery_tasks.DRAIN))
    return switch


def _already_paused_message(switch: QueueSwitch) -> str:
    return _("The queue is paused already: by %(who)s at %(at)s, “%(why)s”.") % {
        "who": display_name(switch.paused_by),
        "at": formats.time_format(timezone.localtime(switch.paused_at), "H:i"),
        "why": switch.reason,
    }


def _lock_switch() -> QueueSwitch:
    return QueueSwitch.objects.select_for_update().get()


def _write_event(
    actor: Actor, code: EventCode, reason: str, params: dict[str, object]
) -> None:
    line = trail.about_job(
        JOB, code, subject="", params=params, words={"reason": reason.strip()}
    )
    trail.record(actor, [line])
