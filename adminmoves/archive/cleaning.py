"""Removes the files that moves left over: a job with its own lease.

A key contains the number of the move that wrote it, and no other move writes it. So a
file without a reference now will never get one. After the listed files: the folder of
an abandoned move is closed, so that a worker that slept halfway a chunk writes nothing
there when it wakes. The folder of a completed move has the archive, so there only the
half-written files are removed.
"""

import logging
import time
import uuid
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from adminmoves.access import WORKER
from adminmoves.archive.keys import folder_after, folder_of
from adminmoves.archive.marks import StoreAway, words_of
from adminmoves.archive.presence import require_archive
from adminmoves.archive.store import NotRemoved, archive_store
from adminmoves.audit import trail
from adminmoves.errors import LeaseLost
from adminmoves.models import CleanUp, Document, DocumentCopy, Leftover, Move
from adminmoves.models.clock import ClockTimestamp, database_now
from adminmoves.vocabulary import EventCode, MoveState

logger = logging.getLogger(__name__)

FILES_AT_A_TIME = 500
RETRY_AFTER = timedelta(minutes=5)
"""When the store refused, or is away."""


def due() -> QuerySet[CleanUp]:
    free = Q(lease_until=None) | Q(lease_until__lte=ClockTimestamp())
    return CleanUp.objects.filter(free, done_at=None, due_at__lte=timezone.now())


def clean(seconds: float) -> int:
    """Do the jobs that are due, for ``seconds``; returns how many files it removed."""
    until, removed = time.monotonic() + seconds, 0
    while time.monotonic() < until and (job := _take()):
        try:
            while time.monotonic() < until and not job.done_at:
                removed += _remove_some(job)
        except StoreAway as away:
            _wait(job, away.why)
        except OSError as refused:
            _wait(job, words_of(refused))
        except LeaseLost:
            logger.warning("%s goes on elsewhere.", job)
    return removed


@transaction.atomic
def _take() -> CleanUp | None:
    job = due().select_for_update(skip_locked=True).order_by("due_at").first()
    if job:
        # A new token each time, so that a worker that slept finds that it lost the job.
        job.token, job.lease_until = uuid.uuid4(), database_now() + _lease()
        job.problem = ""
        job.save(update_fields=["token", "lease_until", "problem"])
    return job


def _remove_some(job: CleanUp) -> int:
    """Remove files, then their rows. Raises StoreAway, OSError.

    In this order a crash in between only removes a file twice. A file that the store
    refuses to remove keeps its row, and is tried again.
    """
    require_archive()
    left = list(job.leftovers.values_list("pk", "storage_key")[: FILES_AT_A_TIME + 1])
    last = len(left) <= FILES_AT_A_TIME
    left = left[:FILES_AT_A_TIME]
    keys = [key for _pk, key in left]
    # Never so by our own steps; the last look before something that nobody can undo.
    if Document.objects.filter(storage_key__in=keys).exists():
        raise OSError("a document refers to a file that was to be removed")
    removed, stuck = _remove_files(keys)
    if last and keys and not stuck:
        _remove_unlisted(job.move, folder_of(keys[0]))
    # The store may have gone away halfway: then a missing file was not removed.
    require_archive()
    with transaction.atomic():
        locked = CleanUp.objects.select_for_update().get(pk=job.pk)
        if locked.token != job.token:
            raise LeaseLost(f"{job} has another holder")
        gone = [pk for pk, key in left if key not in stuck]
        Leftover.objects.filter(pk__in=gone).delete()
        job.removed += removed
        job.lease_until = database_now() + _lease()
        if last and not stuck:
            _finish(job)
        job.save()
    if stuck:
        first, refused = next(iter(stuck.items()))
        raise OSError(refused.errno, f"{words_of(refused)}: {first}")
    return removed


def _remove_files(keys: list[str]) -> tuple[int, Mapping[str, OSError]]:
    """How many files were removed, and the error of each that stays, by key."""
    try:
        return archive_store().remove(keys), {}
    except NotRemoved as refused:
        return refused.removed, refused.stuck


def _remove_unlisted(move: Move, folder: str) -> None:
    """``folder``: of the listed files; that of the move itself if it was abandoned."""
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


def _wait(job: CleanUp, problem: str) -> None:
    """Store the problem on the job, which is due again later."""
    logger.warning(
        "The files of move %s could not be removed: %s", job.move_id, problem
    )
    CleanUp.objects.filter(pk=job.pk, token=job.token).update(
        lease_until=database_now() + RETRY_AFTER,
        problem=problem[:100],
    )


def _lease() -> timedelta:
    return timedelta(seconds=settings.PORTAL_LEASE_SECONDS)
