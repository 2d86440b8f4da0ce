"""A worker goes on with a run that another began."""

import uuid

from django.conf import settings
from django.db import transaction

from adminmoves import lifecycle
from adminmoves.access import WORKER
from adminmoves.audit import trail
from adminmoves.execution.lease import lease_time
from adminmoves.models import Attempt, Move
from adminmoves.models.attempt import AttemptQuerySet
from adminmoves.models.clock import database_now
from adminmoves.vocabulary import Action, EventCode


def resume_expired(worker: str) -> Attempt | None:
    """Go on with a run whose lease ran out, under a new token.

    After too many takeovers without progress a person is asked.
    """
    runs = Attempt.objects.expired()
    for attempt_id, move_id in runs.values_list("pk", "move_id"):
        if attempt := _resume(runs, attempt_id, move_id, worker):
            return attempt
    return None


def resume_yielded(worker: str) -> Attempt | None:
    """Go on with a run whose worker stepped aside."""
    runs = Attempt.objects.yielded()
    for attempt_id, move_id in runs.values_list("pk", "move_id"):
        if attempt := _resume(runs, attempt_id, move_id, worker):
            return attempt
    return None


@transaction.atomic
def _resume(
    runs: AttemptQuerySet, attempt_id: int, move_id: int, worker: str
) -> Attempt | None:
    """Give one of these runs to a worker, if it is still one of them."""
    # The move first, as everywhere: two orders would be a deadlock.
    free = Move.objects.select_for_update(skip_locked=True, of=("self",))
    move = free.filter(pk=move_id).first()
    if move is None:
        return None
    attempt = runs.select_for_update(of=("self",)).filter(pk=attempt_id).first()
    if attempt is None:
        return None
    if not attempt.worker:
        # Its worker stepped aside: no takeover that counts.
        return _renew_lease(attempt, worker)
    return _take_over(attempt, move, worker)


def _take_over(attempt: Attempt, move: Move, worker: str) -> Attempt | None:
    """Go on for a worker that fell silent, or leave a doubt to a person."""
    attempt.takeovers += 1
    if attempt.takeovers > settings.PORTAL_MAX_TAKEOVERS:
        reason = {"code": "no_progress", "takeovers": attempt.takeovers - 1}
        lifecycle.advance(
            move.pk, Action.DOUBT, actor=WORKER, facts=(reason,), params=reason
        )
        return None
    # The machine may have lost power: what is on its disk is compared anew.
    attempt.compared = 0
    params = {"attempt": attempt.number, "worker": worker, "before": attempt.worker}
    _renew_lease(attempt, worker)
    line = trail.about_move(move, EventCode.RUN_TAKEN_OVER, params=params)
    trail.record(WORKER, [line])
    return attempt


def _renew_lease(attempt: Attempt, worker: str) -> Attempt:
    """Under a new token, so that the database refuses the worker from before."""
    attempt.worker, attempt.token = worker, uuid.uuid4()
    now = database_now()
    if attempt.copying_since:
        # Nobody copied meanwhile, so its speed is none the less.
        attempt.copying_since += now - attempt.heartbeat_at
    attempt.heartbeat_at, attempt.lease_until = now, now + lease_time()
    attempt.save()
    return attempt
