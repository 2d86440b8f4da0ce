"""Decisions of a team lead: about a request that waits, or about when it runs."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from adminmoves import access, celery_tasks, lifecycle
from adminmoves.access import WORKER, Actor
from adminmoves.approval.bulk import BulkResult
from adminmoves.approval.decisions import Decision
from adminmoves.approval.preconditions import (
    LAPSED,
    require_checks,
    require_genuine_evidence,
    require_proof_by_then,
    require_same_plan,
)
from adminmoves.approval.priority import (
    NO_OVERRIDE,
    NO_PRIORITY,
    Priority,
    WindowOverride,
    changed_params,
    reason_words,
    require_reasons,
)
from adminmoves.audit import trail
from adminmoves.errors import (
    ChangedMeanwhile,
    DomainError,
    ProofRefused,
    RuleHeld,
    StepRefused,
)
from adminmoves.evidence.files import EvidenceDiffers
from adminmoves.evidence.records import record_trouble, why_lapsed
from adminmoves.models import Approval, Move
from adminmoves.rules.preflight import PASSED, Report, inspect, inspect_many
from adminmoves.vocabulary import Action, EventCode, MoveState

TIMING_EVENTS = (
    EventCode.MOVE_APPROVED,
    EventCode.MOVE_RESCHEDULED,
    EventCode.MOVE_RETRIED,
)
"""Events that set when a move runs."""


def approve_move(decision: Decision, *, actor: Actor) -> Move:
    """Approve one plan; workers hear it after commit.

    Raises NotAllowed, FourEyes, CheckRefused (a check blocks, or a warning was not
    ticked), ProofRefused (it no longer counts: the request waits for another one),
    EvidenceDiffers, StoreAway (nobody can look at the evidence), StepRefused (already
    decided, or the plan differs), ChangedMeanwhile (the version differs), RuleHeld,
    DomainError (a priority or override without its reason).
    """
    access.require(actor, Action.APPROVE)
    try:
        with transaction.atomic():
            move = lifecycle.lock_move(decision.move_id)
            lapsed = _expire_lapsed_proofs([move], noticed_by=actor.name)
            # A lapsed proof is written down, so this transaction has to commit.
            entries = [] if lapsed else [_approve(move, decision, inspect(move), actor)]
            _record_and_send(actor, entries, celery_tasks.DRAIN)
    except EvidenceDiffers as refusal:
        # In a transaction of its own, since that of the approval is undone.
        record_trouble(refusal, actor=actor)
        raise
    if lapsed:
        raise ProofRefused(lapsed[move.pk])
    return move


def approve_many(decisions: Sequence[Decision], *, actor: Actor) -> BulkResult:
    """Approve several plans at once; a refused one holds no other one back.

    One decision per move. Raises NotAllowed.
    """
    access.require(actor, Action.APPROVE)
    try:
        return _approve_all(decisions, actor)
    except RuleHeld:
        # The database undid all of them, and does not say whose rule it was. Only then
        # savepoints, since they cost 500 moves 1,000 statements more.
        return _approve_all(decisions, actor, in_savepoints=True)


@transaction.atomic
def _approve_all(
    decisions: Sequence[Decision], actor: Actor, *, in_savepoints: bool = False
) -> BulkResult:
    """One lock, one reading for the checks and one insert into the trail for all.

    Raises RuleHeld if not ``in_savepoints``, because the transaction is lost then.
    """
    moves = lifecycle.lock_moves([decision.move_id for decision in decisions])
    refusals = _expire_lapsed_proofs(moves.values(), noticed_by=actor.name)
    reports = inspect_many([move for move in moves.values() if move.pk not in refusals])
    entries: list[trail.TrailEntry] = []
    approved: list[Move] = []
    for decision in decisions:
        move = moves[decision.move_id]
        if move.pk in refusals:
            continue
        try:
            with transaction.atomic() if in_savepoints else nullcontext():
                entry = _approve(move, decision, reports[move.pk], actor)
        except DomainError as refusal:
            if isinstance(refusal, RuleHeld) and not in_savepoints:
                raise
            if isinstance(refusal, EvidenceDiffers):
                record_trouble(refusal, actor=actor)
            refusals[move.pk] = str(refusal)
        else:
            entries.append(entry)
            approved.append(move)
    _record_and_send(actor, entries, celery_tasks.DRAIN)
    return BulkResult(decisions, approved, refusals)


def _expire_lapsed_proofs(moves: Iterable[Move], *, noticed_by: str) -> dict[int, str]:
    """Let waiting moves whose proof no longer counts wait for another one.

    This stays although their approval is refused; returns the refusals by move id.
    """
    sentences: dict[int, str] = {}
    entries = []
    for move in moves:
        if move.state != MoveState.AWAITING_APPROVAL or move.proof is None:
            continue
        if reason := why_lapsed(move.proof):
            sentences[move.pk] = str(LAPSED[str(reason["code"])])
            entries.append(
                lifecycle.apply_transition(
                    move,
                    Action.EXPIRE_PROOF,
                    actor=WORKER,
                    facts=(reason,),
                    params={**reason, "noticed_by": noticed_by},
                )
            )
    _record_and_send(WORKER, entries, celery_tasks.ASK)
    return sentences


def _approve(
    move: Move, decision: Decision, report: Report, actor: Actor
) -> trail.TrailEntry:
    """Look again at a locked move and approve it; the caller records the entry."""
    lifecycle.require_version(move, decision.version)
    if move.state != MoveState.AWAITING_APPROVAL:
        raise StepRefused(lifecycle.already_changed_message(move))
    require_proof_by_then(move, decision.not_before)
    require_genuine_evidence(move)
    require_reasons(move, decision.priority, decision.window_override)
    plan = require_same_plan(move, decision.plan_hash)
    require_checks(report, decision.seen)
    approval = Approval(
        approver_id=actor.person,
        plan=plan.facts,
        plan_hash=plan.hash,
        warnings=[warning.stored() for warning in report.warnings],
        not_before=decision.not_before,
        urgent=decision.priority.urgent,
        outside_windows=decision.window_override.allowed,
    )
    return lifecycle.apply_transition(
        move,
        Action.APPROVE,
        actor=actor,
        facts=(approval,),
        params=_approval_params(move, decision, approval, report),
        words=reason_words(decision.priority, decision.window_override),
    )


def _approval_params(
    move: Move, decision: Decision, approval: Approval, report: Report
) -> dict[str, object]:
    return {
        "plan": approval.plan,
        "plan_hash": approval.plan_hash,
        "warnings": approval.warnings,
        "passed": [check.stored() for check in report.of(PASSED)],
        "not_before": _isoformat(approval.not_before),
        "proof": move.proof_id,
        **changed_params(move, decision.priority, decision.window_override),
    }


def _record_and_send(
    actor: Actor, entries: Sequence[trail.TrailEntry], task: str
) -> None:
    """Record the entries, and send one task for all of them after commit."""
    # Also without entries: trail.record checks that the actor still has their rights.
    trail.record(actor, entries)
    if entries:
        transaction.on_commit(partial(celery_tasks.send, task))


def send_back_move(
    move_id: int, *, actor: Actor, question: str, version: str | None = None
) -> Move:
    """``version`` is the one that was read. Raises ChangedMeanwhile."""
    if not question.strip():
        raise DomainError(_("Write the question that has to be answered."))
    return lifecycle.advance(
        move_id,
        Action.SEND_BACK,
        actor=actor,
        version=version,
        words={"question": question},
    )


def reject_move(
    move_id: int, *, actor: Actor, reason: str, version: str | None = None
) -> Move:
    """``version`` is the one that was read. Raises ChangedMeanwhile."""
    if not reason.strip():
        raise DomainError(_("Write the reason, so that the agent can act on it."))
    return lifecycle.advance(
        move_id, Action.REJECT, actor=actor, version=version, words={"reason": reason}
    )


@transaction.atomic
def reschedule_move(
    move_id: int,
    *,
    actor: Actor,
    seen: str,
    not_before: datetime | None,
    priority: Priority = NO_PRIORITY,
    window_override: WindowOverride = NO_OVERRIDE,
) -> Move:
    """Give an approved move another moment; no edit, so the approval stays.

    ``seen``: the ``Move.timing`` on the page. Raises NotAllowed, ChangedMeanwhile (the
    timing differs), DomainError (a priority or override without its reason),
    ProofRefused, StepRefused.
    """
    access.require(actor, Action.RESCHEDULE)
    move = lifecycle.lock_move(move_id)
    # In any other state the transition refuses, and says who did what.
    if move.state == MoveState.APPROVED and move.timing != seen:
        raise ChangedMeanwhile(_timing_changed_message(move))
    require_reasons(move, priority, window_override)
    require_proof_by_then(move, not_before)
    entry = lifecycle.apply_transition(
        move,
        Action.RESCHEDULE,
        actor=actor,
        facts=(not_before, priority.urgent, window_override.allowed),
        params={
            "not_before": _isoformat(not_before),
            **changed_params(move, priority, window_override),
        },
        words=reason_words(priority, window_override),
    )
    _record_and_send(actor, [entry], celery_tasks.DRAIN)
    return move


def _timing_changed_message(move: Move) -> str:
    last = move.events.filter(code__in=TIMING_EVENTS).order_by("-id").first()
    when = timezone.localtime(move.not_before) if move.not_before else None
    return _(
        "%(who)s changed when it runs, at %(at)s: %(moment)s. "
        "If yours has to replace that, keep it once more."
    ) % {
        "who": last.actor_name if last else _("Somebody"),
        "at": formats.time_format(timezone.localtime(last.at), "H:i") if last else "",
        "moment": formats.date_format(when, "DATETIME_FORMAT")
        if when
        else _("Right into the queue"),
    }


def _isoformat(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
