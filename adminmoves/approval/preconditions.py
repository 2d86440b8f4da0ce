"""What must hold when a locked move is approved or rescheduled; each raises."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.errors import CheckRefused, ProofRefused, StepRefused
from adminmoves.evidence.files import read_genuine
from adminmoves.evidence.records import is_stale
from adminmoves.models import Move
from adminmoves.rules.plan import Plan, make_plan
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
"""Sentences by the code of ``why_lapsed``."""


def require_proof_by_then(move: Move, not_before: datetime | None) -> None:
    if move.proof and not_before and is_stale(move.proof, not_before):
        raise ProofRefused(
            _(
                "The attestation is too old by then. Choose an earlier moment, or have "
                "it attested again."
            )
        )


def require_genuine_evidence(move: Move) -> None:
    """Raises EvidenceDiffers, or StoreAway if nobody can look at the file now."""
    if move.proof and move.proof.evidence:
        read_genuine(move.proof.evidence)


def require_same_plan(move: Move, plan_hash: str) -> Plan:
    plan = make_plan(move)
    if plan.hash != plan_hash:
        raise StepRefused(
            _("The plan has changed since you opened this page. Look at it again.")
        )
    return plan


def require_checks(report: Report, seen: frozenset[str]) -> None:
    """Refuse what a check blocks, and a warning that nobody ticked."""
    if report.holding(Moment.APPROVE):
        raise CheckRefused(report.message(Moment.APPROVE), report)
    if unseen := [w.title for w in report.warnings if w.key not in seen]:
        raise CheckRefused(
            _("Tick that you have seen this: %(titles)s.")
            % {"titles": "; ".join(unseen)},
            report,
        )
