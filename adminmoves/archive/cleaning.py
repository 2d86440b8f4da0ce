"""Removes the files that moves left behind: a leased job, apart from every run.

A key contains the number of the move that wrote it and is written by no other, so
what nothing refers to when it is listed, nothing will refer to later. What is not
listed goes last: the folder of a move that was given up is closed, so that a worker
that slept in the middle of a chunk writes nothing there when it wakes; in that of a
completed move lies the archive now, and only half-written files go.
"""

import logging
import time
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from adminmoves.access import WORKER
from adminmoves.archive.keys import folder_after, folder_of
from adminmoves.archive.store import archive_store
from adminmoves.audit import trail
from adminmoves.errors import LeaseLost
from adminmoves.models import CleanUp, Document, DocumentCopy, Leftover, Move
from adminmoves.vocabulary import EventCode, MoveState

logger = logging.getLogger(__name__)

AT_A_TIME = 500
AGAIN = timedelta(minutes=5)
"""So long it waits when the store refused."""


def due() -> QuerySet[CleanUp]:
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    return CleanUp.objects.filter(free, done_at=None, due_at__lte=now)


def clean(seconds: float) -> int:
    """Take what is due until nothing is left or the time is up; files removed."""
    until, removed = time.monotonic() + seconds, 0
    while time.monotonic() < until and (job := _take()):
        try:
            while time.monotonic() < until and not job.done_at:
                removed += _remove_some(job)
        except OSError as refused:
            _wait(job, refused)
        except LeaseLost:
            logger.warning("%s goes on elsewhere.", job)
    return removed


@transaction.atomic
def _take() -> CleanUp | None:
    job = due().select_for_update(skip_locked=True).order_by("due_at").first()
    if job:
        job.token, job.lease_until = uuid.uuid4(), timezone.now() + _lease()
        job.problem = ""
        job.save(update_fields=["token", "lease_until", "problem"])
    return job


def _remove_some(job: CleanUp) -> int:
    """Files first, then their rows: what is removed twice is removed."""
    left = list(job.leftovers.values_list("pk", "storage_key")[: AT_A_TIME + 1])
    last = len(left) <= AT_A_TIME
    left = left[:AT_A_TIME]
    keys = [key for _pk, key in left]
    if Document.objects.filter(storage_key__in=keys).exists():
        raise OSError("a document refers to a file that was to be removed")
    archive_store().remove(keys)
    if last and keys:
        _remove_unlisted(job.move, folder_of(keys[0]))
    with transaction.atomic():
        held = CleanUp.objects.select_for_update().get(pk=job.pk)
        if held.token != job.token:
            raise LeaseLost(f"{job} is another's")
        gone, _kinds = Leftover.objects.filter(
            pk__in=[pk for pk, _key in left]
        ).delete()
        job.removed += gone
        job.lease_until = timezone.now() + _lease()
        if last:
            _finish(job)
        job.save()
    return gone


def _remove_unlisted(move: Move, folder: str) -> None:
    """``folder``: of the files that were listed; the move's own if it was given up."""
    if f"/{move.number}-" in folder:
        archive_store().close_folder(folder)
    else:
        archive_store().remove_parts(folder_after(move, move.revision))


def _finish(job: CleanUp) -> None:
    if job.move.state == MoveState.COMPLETED:
        DocumentCopy.objects.filter(move=job.move_id).delete()
    job.done_at = timezone.now()
    params = {"files": job.removed}
    line = trail.about_move(job.move, EventCode.ARCHIVE_CLEANED, params=params)
    trail.record(WORKER, [line])


def _wait(job: CleanUp, refused: OSError) -> None:
    """The store refused: say so on the job, and come back later."""
    logger.warning(
        "The files of move %s could not be removed: %s", job.move_id, refused
    )
    CleanUp.objects.filter(pk=job.pk, token=job.token).update(
        lease_until=timezone.now() + AGAIN,
        problem=(refused.strerror or str(refused))[:100],
    )


def _lease() -> timedelta:
    return timedelta(seconds=settings.PORTAL_LEASE_SECONDS)
