"""What a lead decides about a request that waits."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves import access, doorbell, lifecycle
from adminmoves.access import WORKER, Actor
from adminmoves.approval.haste import NONE as NO_HASTE
from adminmoves.approval.haste import Haste
from adminmoves.audit import trail
from adminmoves.errors import CheckRefused, DomainError, ProofRefused, StepRefused
from adminmoves.evidence import is_stale, why_lapsed
from adminmoves.models import Approval, ApprovalLoan, LoanEnd, Move
from adminmoves.plan import make_plan
from adminmoves.preflight import inspect
from adminmoves.vocabulary import Action, EventCode, Moment, MoveState, Right, Role

LAPSED = {
    "proof_too_old": gettext_lazy(
        "The attestation is too old. The request waits for a new one."
    ),
    "package_asked_now": gettext_lazy(
        "This accounting system is asked itself by now, so the attestation does not "
        "count any more. The request waits for its answer."
    ),
}


def approve_move(
    move_id: int,
    *,
    actor: Actor,
    plan_hash: str,
    seen: frozenset[str],
    not_before: datetime | None = None,
    haste: Haste = NO_HASTE,
) -> Move:
    """Say yes to the plan with that hash; workers hear it after commit.

    Raises FourEyes, CheckRefused (a check holds, or a warning was not ticked),
    ProofRefused (it does not count any more: the request waits again), StepRefused
    (decided meanwhile, or the plan is another one now), DomainError (haste without
    its reason).
    """
    access.require(actor, Action.APPROVE)
    with transaction.atomic():
        move = lifecycle.hold(move_id)
        # What lapsed stays so when the approval is refused: hence after the commit.
        lapsed = _lapses(move, not_before, actor.name)
        if not lapsed:
            haste.require_reasons(move)
            approval = _approval(move, actor, plan_hash, seen, not_before)
            _approve(move, actor, approval, haste)
    if lapsed:
        raise ProofRefused(str(LAPSED[lapsed]))
    return move


def _approve(move: Move, actor: Actor, approval: Approval, haste: Haste) -> None:
    told = {
        "plan_hash": approval.plan_hash,
        "warnings": approval.warnings,
        "not_before": _told(approval.not_before),
        "proof": move.proof_id,
        **haste.changes(move),
    }
    approval = replace(
        approval, urgent=haste.urgent, outside_windows=haste.outside_windows
    )
    line = lifecycle.take_step(
        move,
        Action.APPROVE,
        actor=actor,
        facts=(approval,),
        told=told,
        words=haste.words(),
    )
    trail.record(actor, [line])
    transaction.on_commit(partial(doorbell.ring, doorbell.RUN))


def send_back_move(move_id: int, *, actor: Actor, question: str) -> Move:
    if not question.strip():
        raise DomainError(_("Write the question that has to be answered."))
    return lifecycle.advance(
        move_id, Action.SEND_BACK, actor=actor, words={"question": question}
    )


def reject_move(move_id: int, *, actor: Actor, reason: str) -> Move:
    if not reason.strip():
        raise DomainError(_("Write the reason, so that the agent can act on it."))
    return lifecycle.advance(
        move_id, Action.REJECT, actor=actor, words={"reason": reason}
    )


@transaction.atomic
def reschedule_move(
    move_id: int,
    *,
    actor: Actor,
    not_before: datetime | None,
    haste: Haste = NO_HASTE,
) -> Move:
    """Another moment for an approved move; no edit, so the approval stays.

    Raises DomainError (haste without its reason), ProofRefused, StepRefused.
    """
    access.require(actor, Action.RESCHEDULE)
    move = lifecycle.hold(move_id)
    haste.require_reasons(move)
    if move.proof and not_before and is_stale(move.proof, not_before):
        raise ProofRefused(
            _(
                "The attestation is too old by then. Choose an earlier moment, or have "
                "it attested again."
            )
        )
    move = lifecycle.advance(
        move_id,
        Action.RESCHEDULE,
        actor=actor,
        facts=(not_before, haste.urgent, haste.outside_windows),
        told={"not_before": _told(not_before), **haste.changes(move)},
        words=haste.words(),
    )
    transaction.on_commit(partial(doorbell.ring, doorbell.RUN))
    return move


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


def _lapses(move: Move, not_before: datetime | None, noticed_by: str) -> str:
    """Why the proof does not count any more; then the request waits for one again.

    Empty: it counts.
    """
    if move.state != MoveState.AWAITING_APPROVAL or move.proof is None:
        return ""
    if reason := why_lapsed(move.proof):
        told = {**reason, "noticed_by": noticed_by}
        line = lifecycle.take_step(
            move, Action.EXPIRE_PROOF, actor=WORKER, facts=(reason,), told=told
        )
        trail.record(WORKER, [line])
        transaction.on_commit(partial(doorbell.ring, doorbell.ASK))
        return str(reason["code"])
    if not_before and is_stale(move.proof, not_before):
        raise ProofRefused(
            _(
                "The attestation is too old by then. Choose an earlier moment, or "
                "have it attested again."
            )
        )
    return ""


def _approval(
    move: Move,
    actor: Actor,
    plan_hash: str,
    seen: frozenset[str],
    not_before: datetime | None,
) -> Approval:
    if move.state != MoveState.AWAITING_APPROVAL:
        return Approval(actor.person, {}, "")  # `take_step` refuses, in words
    plan = make_plan(move)
    if plan.hash != plan_hash:
        raise StepRefused(
            _("The plan has changed since you opened this page. Look at it again.")
        )
    report = inspect(move)
    if report.holding(Moment.APPROVE):
        raise CheckRefused(report.told(Moment.APPROVE), report)
    if unseen := [w.title for w in report.warnings if w.key not in seen]:
        raise CheckRefused(
            _("Tick that you have seen this: %(titles)s.")
            % {"titles": "; ".join(unseen)},
            report,
        )
    return Approval(
        approver_id=actor.person,
        plan=plan.facts,
        plan_hash=plan.hash,
        warnings=[warning.stored() for warning in report.warnings],
        not_before=not_before,
    )
