"""Carries out a started move. The ledger says where a run goes on after a death."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError

from adminmoves import lifecycle
from adminmoves.access import WORKER
from adminmoves.archive import copying, figures, presence
from adminmoves.archive.marks import StoreAway, words_of
from adminmoves.archive.store import CopyDiffers, SourceDiffers
from adminmoves.audit import trail
from adminmoves.errors import LeaseLost
from adminmoves.execution import claim, dispatch
from adminmoves.execution.lease import fenced, lease_time, show_lease
from adminmoves.execution.steps import (
    RunFailed,
    change_place,
    end,
    enter,
    hold_administration,
    image_of,
)
from adminmoves.models import Attempt, Effect, Move
from adminmoves.models.people import display_name
from adminmoves.models.refusals import constraint_name
from adminmoves.rules.plan import IN_ONE_GO, make_plan, moves_archive
from adminmoves.vocabulary import Action, Outcome, StepCode
from adminmoves.web import log_context

logger = logging.getLogger(__name__)

STEPS = frozenset(StepCode)
AWAY_AGAIN = 4
"""So many times within a lease a run looks whether the archive is back."""
SECONDS_BETWEEN_LOOKS = 1.0
"""Between two looks for runs that were left behind."""
SLICE = 10.0
"""Seconds that a run copies before others, if there are any, have their turn."""


class StopRequested(Exception):
    """A person asked to stop, and this is a safe point."""


def drain(worker: str, seconds: float) -> int:
    """Carry out what is due until nothing is left or the time is up; the count."""
    until, done = time.monotonic() + seconds, 0
    due, look_behind = dispatch.DueMoves(), 0.0
    while time.monotonic() < until:
        attempt = None
        if time.monotonic() > look_behind:
            attempt = claim.resume_expired(worker)
            look_behind = time.monotonic() + (0.0 if attempt else SECONDS_BETWEEN_LOOKS)
        if attempt is None and (move_id := due.next()):
            done += run(move_id, worker, until)
            continue
        attempt = attempt or claim.resume_yielded(worker)
        if attempt is None:
            break
        execute(attempt, until)
        done += 1
    return done


def run(move_id: int, worker: str, until: float = float("inf")) -> bool:
    """Start a due move and take it to its end, or as far as its time goes.

    What only touches the database is one transaction from start to finish. Should it
    refuse, nothing has happened; then the run is opened first, so that it can fail.
    False: it could not start, and says why.
    """
    with log_context.about(move=str(move_id)):
        try:
            attempt = claim.start(move_id, worker, _finish_at_once)
        except (RunFailed, IntegrityError) as refused:
            why = type(refused).__name__
            logger.info("%s: the run is opened first, so that it can fail.", why)
            attempt = claim.start(move_id, worker)
    if attempt and not attempt.ended_at:
        execute(attempt, until)
    return attempt is not None


def _finish_at_once(move: Move, attempt: Attempt, line: trail.TrailEntry) -> None:
    """The whole run, in the transaction that started it."""
    administration = move.administration
    if administration is None:
        raise ValueError("only a complete move runs")
    show_lease(attempt.token)
    attempt.before_image = image_of(administration)
    trail.record(WORKER, [line, *change_place(move, attempt, administration, STEPS)])


def execute(attempt: Attempt, until: float = float("inf")) -> None:
    """Take one attempt to its end, or as far as its time goes.

    Whatever is not the move's own failure leaves it RUNNING, for takeover: a time
    limit, a lost database, a lost lease. ``until``: on the monotonic clock.
    """
    with log_context.about(move=str(attempt.move_id)):
        try:
            if attempt.undo_outcome:
                _undo(attempt)
            else:
                _change(attempt, until)
        except LeaseLost:
            logger.warning("%s goes on elsewhere; this worker lets go.", attempt)


def _change(attempt: Attempt, until: float) -> None:
    """All of it, or back to where it was."""
    try:
        prepare(attempt)
        if not _copy_archive(attempt, until):
            _let_go(attempt)
            return
        _switch(attempt)
    except StoreAway as away:
        _wait_for_archive(attempt, away)
    except RunFailed as failure:
        fail(attempt, failure.reason)
    except StopRequested:
        stop(attempt)


def prepare(attempt: Attempt) -> None:
    """Close the administration and take the before-image; once, by the ledger."""
    if _was_done(attempt, StepCode.BEFORE_IMAGE):
        return
    with fenced(attempt) as move:
        administration = hold_administration(move)
        administration.closed_by = move
        administration.save(update_fields=["closed_by"])
        attempt.before_image = image_of(administration)
        if moves_archive(move.move_type):
            found = figures.of_archive(administration.pk)
            attempt.before_image["archive"] = found.stored()
            attempt.documents, attempt.size = found.documents, found.bytes
            attempt.copying_since = attempt.heartbeat_at
        attempt.takeovers = 0
        attempt.save()
        steps = (StepCode.RECHECK, StepCode.CLOSE, StepCode.BEFORE_IMAGE)
        facts = {StepCode.BEFORE_IMAGE: attempt.before_image}
        trail.record(WORKER, [enter(attempt, move, steps, facts)])


def _copy_archive(attempt: Attempt, until: float) -> bool:
    """Copy chunk by chunk, then compare all of it again, also where a worker before
    this one had done so. False: its time is up, and it goes on later."""
    move = Move.objects.select_related("to_environment", "administration").get(
        pk=attempt.move_id
    )
    if not moves_archive(move.move_type):
        return True
    if attempt.documents:
        _check_stop_request(attempt)
        with _refusals(), fenced(attempt) as held:
            presence.require_archive()
            copying.open_folder(held)
        if not _go_through(attempt, move, until):
            return False
    if not _was_done(attempt, StepCode.COPY_ARCHIVE):
        with fenced(attempt) as held:
            facts = {"documents": attempt.copied, "bytes": attempt.copied_size}
            entered = {StepCode.COPY_ARCHIVE: facts}
            enter(attempt, held, (StepCode.COPY_ARCHIVE,), entered)
    return True


def _go_through(attempt: Attempt, move: Move, until: float) -> bool:
    """Each chunk: files first, then its lines. False: its time is up."""
    turn = time.monotonic() + SLICE
    while chunk := copying.next_chunk(move, attempt):
        with _refusals():
            presence.require_archive()
            copying.copy_files(move, chunk)
        with fenced(attempt):
            copying.enter(attempt, move, chunk)
        _check_stop_request(attempt)
        if time.monotonic() > until:
            return False
        if time.monotonic() > turn:
            if dispatch.others_wait(attempt):
                return False
            turn = time.monotonic() + SLICE
    return True


@contextmanager
def _refusals() -> Iterator[None]:
    """What the store refuses for good is the move's own failure: the source is whole,
    and the copies that were checked serve a retry. A store that is away refused nothing
    (StoreAway)."""
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


def _let_go(attempt: Attempt) -> None:
    """Leave a run that is whole so far to whoever has time for it."""
    with fenced(attempt):
        attempt.worker, attempt.lease_until = "", attempt.heartbeat_at
        attempt.save(update_fields=["worker", "lease_until"])


def _wait_for_archive(attempt: Attempt, away: StoreAway) -> None:
    """Leave it as it is; somebody looks again soon, and goes on where it was."""
    logger.warning("%s waits: the archive is away (%s).", attempt, away.why)
    with fenced(attempt):
        attempt.worker = ""
        attempt.lease_until = attempt.heartbeat_at + lease_time() / AWAY_AGAIN
        attempt.waits_for = away.reason
        attempt.save(update_fields=["worker", "lease_until", "waits_for"])


def _check_stop_request(attempt: Attempt) -> None:
    if attempt.stop_asked_at:
        raise StopRequested


def _switch(attempt: Attempt) -> None:
    """Place, address, archive, verify, open, after-care and finish: one transaction,
    so that undoing it is ROLLBACK."""
    try:
        with fenced(attempt, attempt.documents) as move:
            _check_stop_request(attempt)
            administration = hold_administration(move)
            if make_plan(move).hash != move.plan_hash:
                raise RunFailed("plan_changed_while_running")
            lines = change_place(move, attempt, administration, IN_ONE_GO)
            trail.record(WORKER, lines)
    except IntegrityError as refused:
        rule = constraint_name(refused)
        if rule in {"administration_place_guard", "document_place_guard"}:
            raise LeaseLost("the database refused the token") from refused
        raise RunFailed("database_refused", rule=rule) from refused


def fail(attempt: Attempt, reason: dict[str, Any]) -> None:
    """Write down which way it goes, so that a takeover goes the same way; then undo."""
    _turn_back(attempt, Outcome.FAILED, reason)


def stop(attempt: Attempt) -> None:
    name = display_name(attempt.stop_asked_by)
    _turn_back(attempt, Outcome.STOPPED, {"code": "stopped_by_person", "who": name})


def _turn_back(attempt: Attempt, outcome: Outcome, reason: dict[str, Any]) -> None:
    with fenced(attempt):
        attempt.undo_outcome, attempt.undo_reason = outcome, reason
        attempt.save(update_fields=["undo_outcome", "undo_reason"])
    _undo(attempt)


def _undo(attempt: Attempt) -> None:
    """Open the administration as it was. Its place never left: that was ROLLBACK.

    What was copied stays, unreferenced, for a retry.
    """
    with fenced(attempt) as move:
        held = Attempt.objects.get(pk=attempt.pk)
        administration = hold_administration(move)
        administration.closed_by = None
        administration.save(update_fields=["closed_by"])
        Effect.objects.get_or_create(
            attempt=attempt,
            move=move,
            step=StepCode.OPEN,
            undone=True,
            defaults={"worker": attempt.worker},
        )
        end(attempt, Outcome(held.undo_outcome))
        failed = held.undo_outcome == Outcome.FAILED
        lifecycle.advance(
            move.pk,
            Action.FAIL if failed else Action.STOP,
            actor=WORKER,
            facts=(held.undo_reason,),
            params={"attempt": attempt.number, **held.undo_reason},
        )


def _was_done(attempt: Attempt, step: StepCode) -> bool:
    return attempt.effects.filter(step=step, undone=False).exists()
