"""The step of a run that copies an archive, chunk by chunk."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from adminmoves.archive import copying, presence
from adminmoves.archive.marks import words_of
from adminmoves.archive.store import CopyDiffers, SourceDiffers
from adminmoves.execution import dispatch
from adminmoves.execution.lease import fenced
from adminmoves.execution.steps import RunFailed, check_stop_request, enter, was_done
from adminmoves.models import Attempt, Move
from adminmoves.rules.plan import moves_archive
from adminmoves.vocabulary import StepCode

TURN_SECONDS = 10.0
"""A run copies this long before it gives another one a turn."""


def copy_archive(attempt: Attempt, until: float) -> bool:
    """Copy the archive chunk by chunk, then compare all of it again.

    Return False if its time is up: the run goes on later. ``until``: on the monotonic
    clock. Raises RunFailed, StopRequested, StoreAway.
    """
    move = Move.objects.select_related("to_environment", "administration").get(
        pk=attempt.move_id
    )
    if not moves_archive(move.move_type):
        return True
    if attempt.documents:
        check_stop_request(attempt)
        # Under the lease: a worker that lost it must not open a folder that was closed.
        with _store_refusals(), fenced(attempt) as locked:
            presence.require_archive()
            copying.open_folder(locked)
        if not _copy_chunks(attempt, move, until):
            return False
    if not was_done(attempt, StepCode.COPY_ARCHIVE):
        with fenced(attempt) as locked:
            facts = {"documents": attempt.copied, "bytes": attempt.copied_size}
            step = StepCode.COPY_ARCHIVE
            enter(attempt, locked, (step,), {step: facts})
    return True


def _copy_chunks(attempt: Attempt, move: Move, until: float) -> bool:
    """Return False if its time is up."""
    turn_ends = time.monotonic() + TURN_SECONDS
    while chunk := copying.next_chunk(move, attempt):
        # Files before their rows: no row refers to a file that is not on the disk.
        with _store_refusals():
            presence.require_archive()
            copying.copy_files(move, chunk)
        with fenced(attempt):
            copying.enter(attempt, move, chunk)
        check_stop_request(attempt)
        if time.monotonic() > until:
            return False
        if time.monotonic() > turn_ends:
            if dispatch.others_wait(attempt):
                return False
            turn_ends = time.monotonic() + TURN_SECONDS
    return True


@contextmanager
def _store_refusals() -> Iterator[None]:
    """Raise RunFailed for what the store refuses for good; StoreAway if it is away.

    A run that fails loses nothing: the source is whole, and the copies that were
    checked serve a retry.
    """
    # An error of a store that is away refuses nothing, so that is looked at first.
    try:
        yield
    except SourceDiffers as damaged:
        presence.require_archive()
        raise RunFailed("archive_damaged", file=str(damaged)) from damaged
    except CopyDiffers as untrue:
        presence.require_archive()
        raise RunFailed("copy_differs", file=str(untrue)) from untrue
    except OSError as refused:
        presence.require_archive_to_write()
        raise RunFailed("store_refused", error=words_of(refused)) from refused
