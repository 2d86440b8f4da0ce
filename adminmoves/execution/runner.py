"""A worker's loop, and one run from its start to its end.

The ledger says where a run goes on after its worker died.
"""

import logging
import time
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from adminmoves import lifecycle
from adminmoves.access import WORKER
from adminmoves.archive import figures
from adminmoves.archive.marks import StoreAway
from adminmoves.audit import trail
from adminmoves.errors import LeaseLost, RuleHeld
from adminmoves.execution import claim, dispatch, takeover
from adminmoves.execution.archive_steps import copy_archive
from adminmoves.execution.lease import fenced, lease_time
from adminmoves.execution.lock import lock_administration
from adminmoves.execution.steps import (
    RunFailed,
    StopRequested,
    check_stop_request,
    enter,
    finish,
    image_of,
    was_done,
)
from adminmoves.models import Attempt, Effect
from adminmoves.models.people import display_name
from adminmoves.models.refusals import constraint_name
from adminmoves.rules.plan import IN_ONE_GO, make_plan, moves_archive
from adminmoves.vocabulary import Action, Outcome, StepCode
from adminmoves.web import log_context

logger = logging.getLogger(__name__)

LOOKS_PER_LEASE = 4
"""How often a run looks, within a lease, whether an archive that is away is back."""
SECONDS_BETWEEN_LOOKS = 1.0
"""Between two looks for runs whose worker died."""


def drain(worker: str, seconds: float) -> int:
    """Run what is due until nothing is left or the time is up; return how many."""
    until, done = time.monotonic() + seconds, 0
    due, next_look = dispatch.due_moves(), 0.0
    while time.monotonic() < until:
        attempt = None
        if time.monotonic() > next_look:
            attempt = takeover.resume_expired(worker)
            next_look = time.monotonic() + (0.0 if attempt else SECONDS_BETWEEN_LOOKS)
        if attempt is None and (move_id := next(due)):
            done += run(move_id, worker, until)
            continue
        # Last, so that a long copy does not hold up what is due.
        attempt = attempt or takeover.resume_yielded(worker)
        if attempt is None:
            break
        execute(attempt, until)
        done += 1
    return done


def run(move_id: int, worker: str, until: float = float("inf")) -> bool:
    """Start a due move and take it to its end, or as far as its time goes.

    Return False if it did not start: somebody else has it, or it says what it waits
    for. ``until``: on the monotonic clock.
    """
    attempt = None
    with log_context.about(move=str(move_id)):
        try:
            attempt = claim.start_and_finish(move_id, worker)
        except RuleHeld as refusal:
            # A freeze may begin between our look and the database's.
            if refusal.rule not in claim.GATES:
                raise
        finally:
            if attempt is None:
                dispatch.put_last(move_id)
    if attempt and not attempt.ended_at:
        execute(attempt, until)
    return attempt is not None


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
                _go_forward(attempt, until)
        except LeaseLost:
            logger.warning("%s goes on elsewhere; this worker stops.", attempt)


def _go_forward(attempt: Attempt, until: float) -> None:
    try:
        prepare(attempt)
        if not copy_archive(attempt, until):
            _step_aside(attempt)
            return
        _switch(attempt)
    # An archive that is away is no failure of the move: it is tried again.
    except StoreAway as away:
        _wait_for_archive(attempt, away)
    except RunFailed as failure:
        fail(attempt, failure.reason)
    except StopRequested:
        stop(attempt)


def prepare(attempt: Attempt) -> None:
    """Close the administration and take the before-image; once, by the ledger."""
    if was_done(attempt, StepCode.BEFORE_IMAGE):
        return
    with fenced(attempt) as move:
        administration = lock_administration(move)
        administration.closed_by = move
        administration.save(update_fields=["closed_by"])
        attempt.before_image = image_of(administration)
        if moves_archive(move.move_type):
            archive = figures.of_archive(administration.pk)
            attempt.before_image["archive"] = archive.stored()
            attempt.documents, attempt.size = archive.documents, archive.bytes
            attempt.copying_since = attempt.heartbeat_at
        # Only takeovers without progress bring a run in doubt.
        attempt.takeovers = 0
        attempt.save()
        steps = (StepCode.RECHECK, StepCode.CLOSE, StepCode.BEFORE_IMAGE)
        facts = {StepCode.BEFORE_IMAGE: attempt.before_image}
        trail.record(WORKER, [enter(attempt, move, steps, facts)])


def _step_aside(attempt: Attempt) -> None:
    """Give up a run that is whole so far, for any worker to resume."""
    with fenced(attempt):
        attempt.worker, attempt.lease_until = "", attempt.heartbeat_at
        attempt.save(update_fields=["worker", "lease_until"])


def _wait_for_archive(attempt: Attempt, away: StoreAway) -> None:
    """Leave the run as it is; a worker looks again soon, and resumes it."""
    logger.warning("%s waits: the archive is away (%s).", attempt, away.why)
    with fenced(attempt):
        attempt.worker = ""
        attempt.lease_until = attempt.heartbeat_at + lease_time() / LOOKS_PER_LEASE
        attempt.waits_for = away.reason
        attempt.save(update_fields=["worker", "lease_until", "waits_for"])


def _switch(attempt: Attempt) -> None:
    """Place, address, archive, verify, open, after-care and finish: one transaction,
    so that undoing it is ROLLBACK."""
    try:
        with fenced(attempt, attempt.documents) as move:
            check_stop_request(attempt)
            move.administration = lock_administration(move)
            # A long copy leaves time for a change that the approval does not cover.
            if make_plan(move).hash != move.plan_hash:
                raise RunFailed("plan_changed_while_running")
            trail.record(WORKER, finish(move, attempt, IN_ONE_GO))
    except IntegrityError as refused:
        rule = constraint_name(refused)
        # These two refuse a worker without the lease: the move did not fail.
        if rule in {"administration_place_guard", "document_place_guard"}:
            raise LeaseLost("the database refused the token") from refused
        raise RunFailed("database_refused", rule=rule) from refused


def fail(attempt: Attempt, reason: dict[str, Any]) -> None:
    _turn_back(attempt, Outcome.FAILED, reason)


def stop(attempt: Attempt) -> None:
    name = display_name(attempt.stop_asked_by)
    _turn_back(attempt, Outcome.STOPPED, {"code": "stopped_by_person", "who": name})


def _turn_back(attempt: Attempt, outcome: Outcome, reason: dict[str, Any]) -> None:
    # Stored before anything is undone, so that a takeover goes the same way.
    with fenced(attempt):
        attempt.undo_outcome, attempt.undo_reason = outcome, reason
        attempt.save(update_fields=["undo_outcome", "undo_reason"])
    _undo(attempt)


def _undo(attempt: Attempt) -> None:
    """Open the administration as it was. Its place never left: that was ROLLBACK.

    What was copied stays, unreferenced, for a retry.
    """
    with fenced(attempt) as move:
        # A lead may have settled it meanwhile, with a reason of their own.
        stored = Attempt.objects.get(pk=attempt.pk)
        outcome, reason = Outcome(stored.undo_outcome), stored.undo_reason
        administration = lock_administration(move)
        administration.closed_by = None
        administration.save(update_fields=["closed_by"])
        Effect.objects.get_or_create(
            attempt=attempt,
            move=move,
            step=StepCode.OPEN,
            undone=True,
            defaults={"worker": attempt.worker},
        )
        attempt.ended_at, attempt.outcome = timezone.now(), outcome
        attempt.save()
        lifecycle.advance(
            move.pk,
            Action.FAIL if outcome == Outcome.FAILED else Action.STOP,
            actor=WORKER,
            facts=(reason,),
            params={"attempt": attempt.number, **reason},
        )
