"""A worker claims a due move and starts it."""

import logging

from django.db import IntegrityError, connection, transaction

from adminmoves import lifecycle
from adminmoves.access import WORKER
from adminmoves.audit import trail
from adminmoves.execution.lease import lease_time, show_lease
from adminmoves.execution.lock import lock_due_move
from adminmoves.execution.preconditions import find_ready_move, has_files, may_start
from adminmoves.execution.steps import ALL_STEPS, RunFailed, finish
from adminmoves.models import Attempt, Move, cached_sql
from adminmoves.models.sql import sql_beside
from adminmoves.vocabulary import Action

logger = logging.getLogger(__name__)

GATES = frozenset({"move_not_before", "move_queue_paused", "move_frozen"})
"""Rules of the database for which a start waits."""
NEXT_NUMBER = sql_beside(__file__, "next_number")


def start_and_finish(move_id: int, worker: str) -> Attempt | None:
    """Start a due move, and finish it in the same transaction if it has no files.

    Return None if it does not start. Should the database or a check refuse the end,
    nothing has happened; then the run is opened by itself, so that it can fail.
    """
    due = find_ready_move(move_id)
    if due is None:
        return None
    try:
        with transaction.atomic():
            move = lock_due_move(due)
            if move is None or not may_start(move):
                return None
            attempt, started = open_attempt(move, worker)
            entries = [started]
            if not has_files(move):
                # The triggers let only the holder of the lease change the place.
                show_lease(attempt.token)
                entries += finish(move, attempt, ALL_STEPS)
            trail.record(WORKER, entries)
            return attempt
    except (RunFailed, IntegrityError) as refused:
        why = type(refused).__name__
        logger.info("%s: the run is opened first, so that it can fail.", why)
        return start(move_id, worker)


def start(move_id: int, worker: str) -> Attempt | None:
    """Start a due move, whose run goes on in transactions of its own.

    Return None if it does not start.
    """
    due = find_ready_move(move_id)
    if due is None:
        return None
    with transaction.atomic():
        move = lock_due_move(due)
        if move is None or not may_start(move):
            return None
        attempt, started = open_attempt(move, worker)
        trail.record(WORKER, [started])
        return attempt


def open_attempt(move: Move, worker: str) -> tuple[Attempt, trail.TrailEntry]:
    """Open a run under a lease; the caller records the line."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [move.pk])
        number, now = cursor.fetchone()
    attempt = Attempt(
        move=move,
        number=number,
        worker=worker,
        started_at=now,
        heartbeat_at=now,
        lease_until=now + lease_time(),
    )
    cached_sql.insert([attempt])
    params = {"attempt": number, "worker": worker, "proof": move.proof_id}
    started = lifecycle.apply_transition(
        move, Action.START, actor=WORKER, params=params
    )
    return attempt, started
