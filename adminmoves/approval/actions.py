"""What a lead decides about a request that waits."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from adminmoves import access, doorbell, lifecycle
from adminmoves.access import WORKER, Actor
from adminmoves.approval.decisions import (
    LAPSED,
    Approved,
    Decision,
    Refused,
    approval_of,
    require_proof_by_then,
)
from adminmoves.approval.priority import NO_PRIORITY as NO_HASTE
from adminmoves.approval.priority import Priority
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
from adminmoves.models import Approval, ApprovalLoan, LoanEnd, Move
from adminmoves.rules.preflight import PASSED, Report, inspect_many
from adminmoves.vocabulary import Action, EventCode, MoveState, Right, Role

TIMED = (EventCode.MOVE_APPROVED, EventCode.MOVE_RESCHEDULED, EventCode.MOVE_RETRIED)
"""What says when a move runs."""


def approve_move(
    move_id: int,
    *,
    actor: Actor,
    plan_hash: str,
    seen: frozenset[str],
    not_before: datetime | None = None,
    haste: Priority = NO_HASTE,
    version: str | None = None,
) -> Move:
    """Say yes to the plan with that hash; workers hear it after commit.

    Raises FourEyes, CheckRefused (a check holds, or a warning was not ticked),
    ProofRefused (it does not count any more: the request waits again), StepRefused
    (decided meanwhile, or the plan is another one now), ChangedMeanwhile (``version``
    is not the one that was read), DomainError (haste without its reason).
    """
    choice = Decision(move_id, plan_hash, seen, not_before, haste, version)
    (answer,) = approve_many([choice], actor=actor)
    if isinstance(answer, Refused):
        raise answer.refusal
    return answer.move


def approve_many(
    choices: Sequence[Decision], *, actor: Actor
) -> list[Approved | Refused]:
    """Say yes to several plans at once; what is refused holds no other one back.

    One choice per move; the answers come in the order of the choices.
    """
    access.require(actor, Action.APPROVE)
    try:
        with transaction.atomic():
            return _decide(choices, actor)
    except RuleHeld as refusal:
        # The database undid all of them, and does not say whose rule it was.
        if len(choices) == 1:
            return [Refused(choices[0].move_id, refusal)]
    half = len(choices) // 2
    parts = (choices[:half], choices[half:])
    return [answer for part in parts for answer in approve_many(part, actor=actor)]


def _decide(choices: Sequence[Decision], actor: Actor) -> list[Approved | Refused]:
    moves = lifecycle.lock_moves([choice.move_id for choice in choices])
    waiting = [m for m in moves.values() if m.state == MoveState.AWAITING_APPROVAL]
    lapsed = _expire_lapsed(waiting, actor.name)
    reports = inspect_many([move for move in waiting if move.pk not in lapsed])
    answers: list[Approved | Refused] = []
    lines = []
    for choice in choices:
        move = moves[choice.move_id]
        try:
            if move.pk in lapsed:
                raise ProofRefused(str(LAPSED[lapsed[move.pk]]))
            lines.append(_approve(move, choice, reports.get(move.pk), actor))
        except RuleHeld:
            raise
        except DomainError as refusal:
            if isinstance(refusal, EvidenceDiffers):
                record_trouble(refusal, actor=actor)
            answers.append(Refused(move.pk, refusal))
        else:
            answers.append(Approved(move.pk, move))
    _tell(actor, lines, doorbell.RUN)
    return answers


def _expire_lapsed(moves: Iterable[Move], noticed_by: str) -> dict[int, str]:
    """Let those whose proof does not count any more wait for one again; why, by id.

    It stays so although the approval is refused.
    """
    lapsed: dict[int, str] = {}
    lines = []
    for move in moves:
        if move.proof and (reason := why_lapsed(move.proof)):
            lapsed[move.pk] = str(reason["code"])
            told = {**reason, "noticed_by": noticed_by}
            step = Action.EXPIRE_PROOF
            lines.append(
                lifecycle.apply_transition(
                    move, step, actor=WORKER, facts=(reason,), params=told
                )
            )
    _tell(WORKER, lines, doorbell.ASK)
    return lapsed


def _approve(
    move: Move, choice: Decision, report: Report | None, actor: Actor
) -> trail.TrailEntry:
    """The decision on one move that is held; the caller records the line."""
    lifecycle.require_version(move, choice.version)
    if report is None:
        approval = Approval(
            actor.person, {}, ""
        )  # `apply_transition` refuses, in words
        report = Report(())
    else:
        approval = approval_of(move, choice, report, actor)
    told = {
        "plan": approval.plan,
        "plan_hash": approval.plan_hash,
        "warnings": approval.warnings,
        "passed": [check.stored() for check in report.of(PASSED)],
        "not_before": _told(approval.not_before),
        "proof": move.proof_id,
        **choice.haste.changes(move),
    }
    return lifecycle.apply_transition(
        move,
        Action.APPROVE,
        actor=actor,
        facts=(approval,),
        params=told,
        words=choice.haste.words(),
    )


def _tell(actor: Actor, lines: Sequence[trail.TrailEntry], task: str) -> None:
    """Write the lines down, and ring once for all of them after commit."""
    trail.record(actor, lines)
    if lines:
        transaction.on_commit(partial(doorbell.ring, task))


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
    haste: Priority = NO_HASTE,
) -> Move:
    """Another moment for an approved move; no edit, so the approval stays.

    ``seen``: the ``timing`` that the person saw. Raises ChangedMeanwhile (it is
    another one by now), DomainError (haste without its reason), ProofRefused,
    StepRefused.
    """
    access.require(actor, Action.RESCHEDULE)
    move = lifecycle.lock_move(move_id)
    if move.state == MoveState.APPROVED and move.timing != seen:
        raise ChangedMeanwhile(_told_of_timing(move))
    haste.require_reasons(move)
    require_proof_by_then(move, not_before)
    move = lifecycle.advance(
        move_id,
        Action.RESCHEDULE,
        actor=actor,
        facts=(not_before, haste.urgent, haste.outside_windows),
        params={"not_before": _told(not_before), **haste.changes(move)},
        words=haste.words(),
    )
    transaction.on_commit(partial(doorbell.ring, doorbell.RUN))
    return move


def _told_of_timing(move: Move) -> str:
    """Who chose the moment that nobody saw, and which."""
    last = move.events.filter(code__in=TIMED).order_by("-id").first()
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


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@transaction.atomic
def lend_approval(
    borrower_id: int, *, actor: Actor, ends_at: datetime, reason: str
) -> ApprovalLoan:
    """Lend the right to approve to an agent or lead, for a while, on the record."""
    access.require(actor, Right.LEND_APPROVAL)
    borrower = User.objects.get(pk=borrower_id)
    if not borrower.is_active or access.role_of(borrower) != Role.SUPPORT_AGENT:
        raise DomainError(_("Lend it to an active support agent."))
    if not reason.strip():
        raise DomainError(_("Say why you lend it."))
    loan = ApprovalLoan.objects.create(
        lender_id=actor.person, borrower=borrower, ends_at=ends_at
    )
    line = trail.about_person(
        borrower,
        EventCode.APPROVAL_LENT,
        params={"until": ends_at.isoformat(), "lender": actor.name},
        words={"reason": reason},
    )
    trail.record(actor, [line])
    return loan


@transaction.atomic
def end_loan(loan_id: int, *, actor: Actor) -> ApprovalLoan:
    """Take a lent right back at once; any lead may, since the lender may be away.

    Raises NotAllowed, StepRefused (it is over already).
    """
    access.require(actor, Right.LEND_APPROVAL)
    loan = ApprovalLoan.objects.select_related("borrower").get(pk=loan_id)
    # What they decide at this moment comes before this, or after it and is refused.
    User.objects.select_for_update(no_key=True).get(pk=loan.borrower_id)
    runs = ApprovalLoan.objects.running().filter(pk=loan_id).exists()
    end = {"ended_by_id": actor.person}
    if not runs or not LoanEnd.objects.get_or_create(loan=loan, defaults=end)[1]:
        raise StepRefused(_("This loan is over already."))
    line = trail.about_person(
        loan.borrower,
        EventCode.LOAN_ENDED,
        params={"until": loan.ends_at.isoformat()},
    )
    trail.record(actor, [line])
    return loan
