"""A worker takes a run: one that was left behind, or a move that is due."""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from adminmoves import lifecycle
from adminmoves.access import WORKER, approval_counts
from adminmoves.archive.marks import StoreAway
from adminmoves.archive.presence import require_archive
from adminmoves.audit import trail
from adminmoves.bookkeeping import gateway
from adminmoves.bookkeeping.connection_lock import ConnectionBusy
from adminmoves.errors import RuleHeld
from adminmoves.evidence.files import EvidenceDiffers, read_genuine
from adminmoves.evidence.records import ask_package, why_lapsed
from adminmoves.evidence.schedule import PACES, TEMPORARY
from adminmoves.execution.dispatch import (
    expired_runs,
    finds_room,
    has_files,
    yielded_runs,
)
from adminmoves.execution.lease import lease_time
from adminmoves.models import (
    Administration,
    Attempt,
    BookkeepingConnection,
    Environment,
    Move,
    Parties,
    Proof,
    direct,
)
from adminmoves.models.clock import database_now
from adminmoves.models.people import display_name
from adminmoves.rules.plan import differences, make_plan
from adminmoves.rules.preflight import WAITING, Report, inspect
from adminmoves.scheduling.windows import may_start_now, share_gates
from adminmoves.vocabulary import Action, EventCode, Moment, MoveState, ProofKind

SECONDS_TO_ASK = 15.0
"""So long a package may take right before a run; other runs wait for it."""
GATES = frozenset({"move_not_before", "move_queue_paused", "move_frozen"})
"""Rules of the database for which a start waits."""
M = TypeVar("M")
MOVE = f"""
SELECT {direct.columns(Move, "m")}, {direct.columns(Proof, "p")},
       {direct.columns(Parties, "o")}, {direct.columns(BookkeepingConnection, "c")},
       {direct.columns(Environment, "e")}
FROM adminmoves_move m
JOIN adminmoves_proof p ON p.id = m.proof_id
JOIN adminmoves_parties o ON o.move_id = m.id
JOIN adminmoves_bookkeepingconnection c ON c.id = m.to_connection_id
JOIN adminmoves_environment e ON e.id = m.to_environment_id
WHERE m.id = %s AND m.state = %s FOR UPDATE OF m SKIP LOCKED
"""  # noqa: S608 - built from column names only; values go in as parameters
BOOKS = f"""
SELECT {direct.columns(Administration, "a")},
       {direct.columns(BookkeepingConnection, "c")}, {direct.columns(Environment, "e")}
FROM adminmoves_administration a
JOIN adminmoves_bookkeepingconnection c ON c.id = a.connection_id
JOIN adminmoves_environment e ON e.id = a.environment_id
WHERE a.id = %s FOR UPDATE OF a SKIP LOCKED
"""  # noqa: S608 - built from column names only; values go in as parameters
NEXT_NUMBER = """
SELECT count(*) + 1, clock_timestamp() FROM adminmoves_attempt WHERE move_id = %s
"""
Then = Callable[[Move, Attempt, trail.TrailEntry], None]
"""Goes on in the transaction of a start where no file moves, and records its line."""


class AlreadyLocked(Exception):
    """Another worker or a person has the move, or it waits no more."""


def resume_expired(worker: str) -> Attempt | None:
    """Go on with a run whose lease ran out, under a new token.

    After too many takeovers without progress a person is asked.
    """
    return _take_one(expired_runs(), worker)


def resume_yielded(worker: str) -> Attempt | None:
    """Go on with a run whose worker stepped aside."""
    return _take_one(yielded_runs(), worker)


def _take_one(runs: QuerySet[Attempt], worker: str) -> Attempt | None:
    for attempt_id, move_id in runs.values_list("pk", "move_id"):
        with transaction.atomic():
            # The move first, as everywhere: two orders would be a deadlock.
            free = Move.objects.select_for_update(skip_locked=True, of=("self",))
            move = free.filter(pk=move_id).first()
            if move is None:
                continue
            held = runs.select_for_update(of=("self",)).filter(pk=attempt_id).first()
            if held and (taken := _take_over(held, move, worker)):
                return taken
    return None


def _take_over(attempt: Attempt, move: Move, worker: str) -> Attempt | None:
    stepped_aside = not attempt.worker
    attempt.takeovers += not stepped_aside
    if attempt.takeovers > settings.PORTAL_MAX_TAKEOVERS:
        reason = {"code": "no_progress", "takeovers": attempt.takeovers - 1}
        lifecycle.advance(
            move.pk, Action.DOUBT, actor=WORKER, facts=(reason,), params=reason
        )
        return None
    if not stepped_aside:
        # Its machine may have lost power: what was on the disk is to be seen anew.
        attempt.compared = 0
    before, attempt.worker = attempt.worker, worker
    attempt.token = uuid.uuid4()
    now = database_now()
    if attempt.copying_since:
        # Nobody copied meanwhile, so its speed is none the less.
        attempt.copying_since += now - attempt.heartbeat_at
    attempt.heartbeat_at = now
    attempt.lease_until = attempt.heartbeat_at + lease_time()
    attempt.save()
    if stepped_aside:
        return attempt
    params = {"attempt": attempt.number, "worker": worker, "before": before}
    line = trail.about_move(move, EventCode.RUN_TAKEN_OVER, params=params)
    trail.record(WORKER, [line])
    return attempt


def record_start(_move: Move, _attempt: Attempt, line: trail.TrailEntry) -> None:
    """The run goes on later, in transactions of its own."""
    trail.record(WORKER, [line])


def start(move_id: int, worker: str, then: Then = record_start) -> Attempt | None:
    """Look at everything again, right before the run; then start or say why not.

    What could not start, or not even be looked at, lets the others go first. A move
    that another worker has is left to it: to write on it would be to wait for it.
    """
    started, is_taken = None, False
    try:
        started = _start(move_id, worker, then)
    except AlreadyLocked:
        is_taken = True
    except RuleHeld as refusal:
        # A freeze that begins between our look and the database's.
        if refusal.rule not in GATES:
            raise
    finally:
        if started is None and not is_taken:
            waits = Move.objects.filter(pk=move_id, state=MoveState.APPROVED)
            waits.update(dispatched_at=timezone.now())
    return started


def _start(move_id: int, worker: str, then: Then) -> Attempt | None:
    if not _stores_serve(move_id):
        return None
    with transaction.atomic():
        share_gates()
        move = lock_due_move(move_id)
        if move is None:
            return None
        if move.proof is None or move.proof.is_attested:
            return _open_where_it_may(move, worker, then)
    # Nothing is held while the package is asked anew.
    if not _ask_again(move):
        return None
    with transaction.atomic():
        share_gates()
        held = lock_due_move(move_id)
        if held is None or held.revision != move.revision:
            return None
        return _open_where_it_may(held, worker, then)


def _open_where_it_may(move: Move, worker: str, then: Then) -> Attempt | None:
    # What a person was told since it was looked up, or while its package was asked.
    if not (may_start_now(move) and _may_start(move)):
        return None
    if not has_files(move):
        # It only touches the database, and is over before anybody could count it.
        return _open_attempt(move, worker, then)
    return _open_attempt(move, worker, record_start) if finds_room(move) else None


def _stores_serve(move_id: int) -> bool:
    """Whether the archive can be reached and the evidence is genuine; else say so.

    Before the gates are held: a share that hangs would keep everybody from pausing.
    """
    approved = Move.objects.filter(pk=move_id, state=MoveState.APPROVED)
    move = approved.select_related("proof__evidence").first()
    return move is None or (_archive_is_there(move) and _evidence_is_genuine(move))


def _archive_is_there(move: Move) -> bool:
    """The run looks again before each of its chunks."""
    if not has_files(move):
        return True
    try:
        require_archive()
    except StoreAway as away:
        _say(move, away.reason)
        return False
    return True


def _evidence_is_genuine(move: Move) -> bool:
    """Whether the file on which the approval rests is the one that was uploaded."""
    proof = move.proof
    if proof is None or proof.evidence is None:
        return True
    try:
        read_genuine(proof.evidence)
    except StoreAway as away:
        _say(move, {"code": "evidence_away", "why": away.why})
        return False
    except EvidenceDiffers as differs:
        _expire(proof, {"code": "evidence_changed", "trouble": differs.trouble})
        return False
    return True


def _expire(proof: Proof, reason: dict[str, object]) -> None:
    """Take back the proof of a move that still rests on it."""
    with transaction.atomic():
        move = lifecycle.lock_move(proof.move_id)
        if move.state == MoveState.APPROVED and move.proof_id == proof.pk:
            lifecycle.advance(
                move.pk,
                Action.EXPIRE_PROOF,
                actor=WORKER,
                facts=(reason,),
                params=reason,
            )


def lock_due_move(move_id: int) -> Move | None:
    """The move, then its administration, held; None where somebody has that one.

    With all that a run looks at: its proof, its parties, and both places.
    """
    move = _hold(MOVE, [move_id, MoveState.APPROVED], _as_move)
    if move is None:
        raise AlreadyLocked
    administrations = [move.wanted.administration_id]
    move.administration = _hold(BOOKS, administrations, _as_administration)
    return move if move.administration else None


def _hold(statement: str, params: list[Any], read: Callable[[Any], M]) -> M | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        row = cursor.fetchone()
    return read(iter(row)) if row else None


def _as_move(values: Iterator[Any]) -> Move:
    move = direct.take(Move, values)
    move.proof = direct.take(Proof, values)
    move.parties = direct.take(Parties, values)
    move.to_connection = direct.take(BookkeepingConnection, values)
    move.to_environment = direct.take(Environment, values)
    move.proof.connection = move.to_connection
    return move


def _as_administration(values: Iterator[Any]) -> Administration:
    administration = direct.take(Administration, values)
    administration.connection = direct.take(BookkeepingConnection, values)
    administration.environment = direct.take(Environment, values)
    return administration


def _ask_again(move: Move) -> bool:
    """Ask the package anew; False where the move waits for something."""
    if _asked_enough(move) or _waits(move, inspect(move)):
        return False
    try:
        ask_package(move.pk, age=gateway.FRESH, seconds=SECONDS_TO_ASK)
    except ConnectionBusy as busy:
        _say(move, {"code": "package_busy", "until": busy.until.isoformat()})
        return False
    return True


def _asked_enough(move: Move) -> bool:
    """Whether the package is left alone for a while, since it could not answer."""
    newest = move.proofs.filter(kind=ProofKind.VERIFIED).first()
    if newest is None or newest.verdict not in TEMPORARY:
        return False
    return timezone.now() < _until(newest)


def _until(proof: Proof) -> datetime:
    """When a package that could not answer is asked again before a run."""
    return proof.retry_at or proof.checked_at + PACES[0][1]


def _say(move: Move, reason: dict[str, object]) -> None:
    """Why an approved move is not started yet."""
    Move.objects.filter(pk=move.pk, state=MoveState.APPROVED).update(reason=reason)


def _waits(move: Move, report: Report) -> bool:
    """Whether only time or another move is in the way; then say so."""
    holding = report.holding(Moment.START)
    if not holding or any(result.outcome != WAITING for result in holding):
        return False
    first = holding[0]
    _say(move, {"code": first.message_key, "check": first.code, **first.params})
    return True


def _may_start(move: Move) -> bool:
    """Otherwise send the move where it has to be: proof, approval, or wait."""
    if not _proof_holds(move):
        return False
    report = inspect(move)
    if _waits(move, report):
        return False
    plan = make_plan(move)
    reason = _what_changed(move, report, plan.hash, plan.facts)
    if reason:
        lifecycle.advance(
            move.pk, Action.REAPPROVE, actor=WORKER, facts=(reason,), params=reason
        )
    return not reason


def _proof_holds(move: Move) -> bool:
    """The newest answer counts: an attestation by its age, a package by its word."""
    proof = move.proof
    if proof is None:
        return False
    reason = why_lapsed(proof) if proof.is_attested else _answer_says(move, proof)
    if reason.get("code") == "package_does_not_answer":
        _say(move, reason)
        return False
    if reason:
        lifecycle.advance(
            move.pk, Action.EXPIRE_PROOF, actor=WORKER, facts=(reason,), params=reason
        )
    return not reason


def _answer_says(move: Move, proof: Proof) -> dict[str, object]:
    """Why the newest answer stops the move; empty where it replaces the old one."""
    answers = move.proofs.filter(revision=move.revision, kind=ProofKind.VERIFIED)
    newest = answers.first()
    if newest is None or newest.pk == proof.pk:
        return {"code": "package_not_asked"}
    told = {"verdict": newest.verdict}
    if newest.verdict in TEMPORARY:
        until = _until(newest).isoformat()
        return {"code": "package_does_not_answer", **told, "until": until}
    if not newest.usable:
        return {"code": "package_says_otherwise", **told}
    move.proof = newest
    move.save(update_fields=["proof"])
    return {}


def _what_changed(
    move: Move, report: Report, plan_hash: str, facts: dict[str, object]
) -> dict[str, object]:
    """Why the approval does not cover what would happen now; empty when it does."""
    approver, at = move.approved_by, move.approved_at
    if approver is None or at is None or not approval_counts(approver.pk, at):
        who = approver and display_name(approver)
        return {"code": "approver_gone", "who": who}
    if plan_hash != move.plan_hash:
        return {"code": "plan_changed", "changes": differences(move.plan, facts)}
    holding = report.holding(Moment.START)
    if holding:
        return {"code": "check_holds", "checks": [held.stored() for held in holding]}
    known = {
        (seen["code"], seen["say"]): seen["params"].get("count", 0)
        for seen in move.warnings_seen
    }
    new = [
        warning
        for warning in report.warnings
        if warning.params.get("count", 0)
        > known.get((warning.code, warning.message_key), -1)
    ]
    if new:
        return {"code": "new_warning", "checks": [warning.stored() for warning in new]}
    return {}


def _open_attempt(move: Move, worker: str, then: Then) -> Attempt:
    number, now = _next_number(move)
    attempt = Attempt(
        move=move,
        number=number,
        worker=worker,
        started_at=now,
        heartbeat_at=now,
        lease_until=now + lease_time(),
    )
    direct.insert([attempt])
    told = {"attempt": attempt.number, "worker": worker, "proof": move.proof_id}
    line = lifecycle.apply_transition(move, Action.START, actor=WORKER, params=told)
    then(move, attempt, line)
    return attempt


def _next_number(move: Move) -> tuple[int, datetime]:
    """Of its attempts, and the moment by the clock of the database."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [move.pk])
        number, now = cursor.fetchone()
    return number, now
