"""What a due move needs before it starts, in the order in which it is looked at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from adminmoves import lifecycle
from adminmoves.access import WORKER, approval_counts
from adminmoves.archive.marks import StoreAway
from adminmoves.archive.presence import require_archive
from adminmoves.bookkeeping import gateway
from adminmoves.bookkeeping.connection_lock import ConnectionBusy
from adminmoves.evidence.files import EvidenceDiffers, read_genuine
from adminmoves.evidence.records import ask_package, why_lapsed
from adminmoves.evidence.schedule import PACES, TEMPORARY
from adminmoves.execution.dispatch import finds_room
from adminmoves.execution.lock import lock_due_move
from adminmoves.models import Document, EvidenceFile, Move, Proof
from adminmoves.models.people import display_name
from adminmoves.rules.plan import Plan, differences, make_plan, moves_archive
from adminmoves.rules.preflight import WAITING, Report, Result, inspect
from adminmoves.scheduling.windows import may_start_now
from adminmoves.vocabulary import Action, Moment, MoveState, ProofKind

SECONDS_TO_ASK = 15.0
"""Time for a package to answer right before a run; other runs wait for it."""
Reason = dict[str, Any]
"""A code with its parameters, as ``Move.reason`` stores it; empty: there is none."""


def find_ready_move(move_id: int) -> Move | None:
    """Read a due move; None if its archive, its evidence or its package is not there.

    All that is slow is asked here, before any lock: a share that hangs would keep
    everybody from pausing the queue.
    """
    approved = Move.objects.filter(pk=move_id, state=MoveState.APPROVED)
    move = approved.select_related("proof__evidence").first()
    if move is None or move.proof is None:
        return None
    if has_files(move) and not _archive_is_there(move):
        return None
    evidence = move.proof.evidence
    if evidence and not _is_genuine(evidence, move):
        return None
    if not move.proof.is_attested and not _ask_again(move):
        return None
    return move


def has_files(move: Move) -> bool:
    """Whether a run of this move has files to copy."""
    return moves_archive(move.move_type) and (
        Document.objects.filter(administration=move.administration_id).exists()
    )


def _archive_is_there(move: Move) -> bool:
    # The run looks again before each of its chunks.
    try:
        require_archive()
    except StoreAway as away:
        _wait_for(move, away.reason)
        return False
    return True


def _is_genuine(evidence: EvidenceFile, move: Move) -> bool:
    """Whether the file on which the approval rests is the one that was uploaded."""
    try:
        read_genuine(evidence)
    except StoreAway as away:
        _wait_for(move, {"code": "evidence_away", "why": away.why})
        return False
    except EvidenceDiffers as differs:
        _expire_proof(move, {"code": "evidence_changed", "trouble": differs.trouble})
        return False
    return True


def _expire_proof(due: Move, reason: Reason) -> None:
    """Take back the proof of a move that still rests on it."""
    with transaction.atomic():
        move = lifecycle.lock_move(due.pk)
        if move.state == MoveState.APPROVED and move.proof_id == due.proof_id:
            _send_back(move, Action.EXPIRE_PROOF, reason)


def _ask_again(due: Move) -> bool:
    """Ask the package anew, with nothing locked; False if the move waits."""
    # A move that another worker has is left to it: its package is asked once.
    with transaction.atomic():
        move = lock_due_move(due)
    if move is None or _was_just_asked(move):
        return False
    holding = inspect(move).holding(Moment.START)
    if holding and _only_waits(move, holding):
        return False
    try:
        ask_package(move.pk, age=gateway.FRESH, seconds=SECONDS_TO_ASK)
    except ConnectionBusy as busy:
        _wait_for(move, {"code": "package_busy", "until": busy.until.isoformat()})
        return False
    return True


def _was_just_asked(move: Move) -> bool:
    """Whether the package is left alone for a while, since it could not answer."""
    newest = move.proofs.filter(kind=ProofKind.VERIFIED).first()
    if newest is None or newest.verdict not in TEMPORARY:
        return False
    return timezone.now() < _ask_again_at(newest)


def _ask_again_at(proof: Proof) -> datetime:
    """When a package that could not answer is asked again before a run."""
    return proof.retry_at or proof.checked_at + PACES[0][1]


def may_start(move: Move) -> bool:
    """Look at everything again, in the transaction that starts the move.

    If it may not, it goes where it has to be (proof, approval), or says what it waits
    for. The caller locked it.
    """
    proof = move.proof
    if proof is None or not may_start_now(move):
        return False
    lapsed = why_lapsed(proof) if proof.is_attested else _use_answer(move, proof)
    if lapsed:
        _lapse(move, lapsed)
        return False
    report = inspect(move)
    holding = report.holding(Moment.START)
    if holding and _only_waits(move, holding):
        return False
    reason = _why_approve_again(move, report, make_plan(move))
    if reason:
        _send_back(move, Action.REAPPROVE, reason)
        return False
    return not has_files(move) or finds_room(move)


def _use_answer(move: Move, proof: Proof) -> Reason:
    """Replace the proof by the newest answer, or return why that stops the move."""
    answers = move.proofs.filter(revision=move.revision, kind=ProofKind.VERIFIED)
    newest = answers.first()
    if newest is None or newest.pk == proof.pk:
        return {"code": "package_not_asked"}
    verdict = {"verdict": newest.verdict}
    if newest.verdict in TEMPORARY:
        until = _ask_again_at(newest).isoformat()
        return {"code": "package_does_not_answer", **verdict, "until": until}
    if not newest.usable:
        return {"code": "package_says_otherwise", **verdict}
    move.proof = newest
    move.save(update_fields=["proof"])
    return {}


def _lapse(move: Move, reason: Reason) -> None:
    if reason["code"] == "package_does_not_answer":
        _wait_for(move, reason)
    else:
        _send_back(move, Action.EXPIRE_PROOF, reason)


def _only_waits(move: Move, holding: Sequence[Result]) -> bool:
    """Whether only time or another move is in the way; if so, say that."""
    if any(result.outcome != WAITING for result in holding):
        return False
    first = holding[0]
    _wait_for(move, {"code": first.message_key, "check": first.code, **first.params})
    return True


def _why_approve_again(move: Move, report: Report, plan: Plan) -> Reason:
    """Why the approval does not cover what would happen now."""
    approver, at = move.approved_by, move.approved_at
    if approver is None or at is None or not approval_counts(approver.pk, at):
        who = approver and display_name(approver)
        return {"code": "approver_gone", "who": who}
    if plan.hash != move.plan_hash:
        return {"code": "plan_changed", "changes": differences(move.plan, plan.facts)}
    holding = report.holding(Moment.START)
    if holding:
        return {"code": "check_holds", "checks": [each.stored() for each in holding]}
    seen_counts = {
        (warning["code"], warning["say"]): warning["params"].get("count", 0)
        for warning in move.warnings_seen
    }
    # More of what was seen (a higher count) is new as well.
    new = [
        warning
        for warning in report.warnings
        if warning.params.get("count", 0)
        > seen_counts.get((warning.code, warning.message_key), -1)
    ]
    if new:
        return {"code": "new_warning", "checks": [warning.stored() for warning in new]}
    return {}


def _send_back(move: Move, action: Action, reason: Reason) -> None:
    lifecycle.advance(move.pk, action, actor=WORKER, facts=(reason,), params=reason)


def _wait_for(move: Move, reason: Reason) -> None:
    """Store why an approved move does not start yet."""
    Move.objects.filter(pk=move.pk, state=MoveState.APPROVED).update(reason=reason)
