"""One choice of a lead about one request, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.access import Actor
from adminmoves.approval.priority import NO_PRIORITY as NO_HASTE
from adminmoves.approval.priority import Priority
from adminmoves.errors import CheckRefused, DomainError, ProofRefused, StepRefused
from adminmoves.evidence.files import genuine
from adminmoves.evidence.records import is_stale
from adminmoves.models import Approval, Move
from adminmoves.rules.plan import make_plan
from adminmoves.rules.preflight import Report
from adminmoves.vocabulary import Moment

LAPSED: Mapping[str, Promise] = {
    "proof_too_old": gettext_lazy(
        "The attestation is too old. The request waits for a new one."
    ),
    "package_asked_now": gettext_lazy(
        "This connection is now asked itself, so the attestation no longer "
        "counts. The request waits for its answer."
    ),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes to the plan with that hash; ``seen`` are the keys of warnings, ``version``
    is the one of the request that was read."""

    move_id: int
    plan_hash: str
    seen: frozenset[str]
    not_before: datetime | None = None
    haste: Priority = NO_HASTE
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Approved:
    move_id: int
    move: Move


@dataclass(frozen=True, slots=True)
class Refused:
    """The refusal is a sentence for the lead; nothing of that move was changed, or
    its proof had lapsed and it waits for a new one."""

    move_id: int
    refusal: DomainError


def approval_of(move: Move, choice: Decision, report: Report, actor: Actor) -> Approval:
    """What is stored of a yes, where nothing stands in its way. Changes nothing.

    Raises ProofRefused, EvidenceDiffers, StoreAway (nobody can look at the evidence),
    DomainError (haste without its reason), StepRefused (another plan), CheckRefused.
    """
    require_proof_by_then(move, choice.not_before)
    if move.proof and move.proof.evidence:
        genuine(move.proof.evidence)
    choice.haste.require_reasons(move)
    plan = make_plan(move)
    if plan.hash != choice.plan_hash:
        raise StepRefused(
            _("The plan has changed since you opened this page. Look at it again.")
        )
    _require_checks(report, choice.seen)
    return Approval(
        approver_id=actor.person,
        plan=plan.facts,
        plan_hash=plan.hash,
        warnings=[warning.stored() for warning in report.warnings],
        not_before=choice.not_before,
        urgent=choice.haste.urgent,
        outside_windows=choice.haste.outside_windows,
    )


def require_proof_by_then(move: Move, not_before: datetime | None) -> None:
    if move.proof and not_before and is_stale(move.proof, not_before):
        raise ProofRefused(
            _(
                "The attestation is too old by then. Choose an earlier moment, or have "
                "it attested again."
            )
        )


def _require_checks(report: Report, seen: frozenset[str]) -> None:
    if report.holding(Moment.APPROVE):
        raise CheckRefused(report.told(Moment.APPROVE), report)
    if unseen := [w.title for w in report.warnings if w.key not in seen]:
        raise CheckRefused(
            _("Tick that you have seen this: %(titles)s.")
            % {"titles": "; ".join(unseen)},
            report,
        )
