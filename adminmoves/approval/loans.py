"""The right to approve, lent to somebody for a while."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from adminmoves import access
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.errors import DomainError, StepRefused
from adminmoves.models import ApprovalLoan, LoanEnd
from adminmoves.models.people import names_apart
from adminmoves.vocabulary import EventCode, Right, Role


def running_loans() -> list[tuple[ApprovalLoan, str]]:
    """With the name of each borrower; the loan that ends first on top."""
    running = ApprovalLoan.objects.running().select_related("lender", "borrower")
    loans = list(running.order_by("ends_at", "pk"))
    names = names_apart(loan.borrower for loan in loans)
    return [(loan, names[loan.borrower_id]) for loan in loans]


@transaction.atomic
def lend_approval(
    borrower_id: int, *, actor: Actor, ends_at: datetime, reason: str
) -> ApprovalLoan:
    """To an active support agent. Raises NotAllowed, DomainError."""
    access.require(actor, Right.LEND_APPROVAL)
    borrower = User.objects.get(pk=borrower_id)
    if not borrower.is_active or access.role_of(borrower) != Role.SUPPORT_AGENT:
        raise DomainError(_("Lend it to an active support agent."))
    if not reason.strip():
        raise DomainError(_("Say why you lend it."))
    loan = ApprovalLoan.objects.create(
        lender_id=actor.person, borrower=borrower, ends_at=ends_at
    )
    entry = trail.about_person(
        borrower,
        EventCode.APPROVAL_LENT,
        params={"until": ends_at.isoformat(), "lender": actor.name},
        words={"reason": reason},
    )
    trail.record(actor, [entry])
    return loan


@transaction.atomic
def end_loan(loan_id: int, *, actor: Actor) -> ApprovalLoan:
    """Take a lent right back; any lead may, since the lender may be away.

    Raises NotAllowed, StepRefused (the loan is over).
    """
    access.require(actor, Right.LEND_APPROVAL)
    loan = ApprovalLoan.objects.select_related("borrower").get(pk=loan_id)
    # A decision that the borrower takes at this moment locks the same row: it comes
    # before this, or after it and is refused.
    User.objects.select_for_update(no_key=True).get(pk=loan.borrower_id)
    is_running = ApprovalLoan.objects.running().filter(pk=loan_id).exists()
    end = {"ended_by_id": actor.person}
    if not is_running or not LoanEnd.objects.get_or_create(loan=loan, defaults=end)[1]:
        raise StepRefused(_("This loan is over already."))
    entry = trail.about_person(
        loan.borrower,
        EventCode.LOAN_ENDED,
        params={"until": loan.ends_at.isoformat()},
    )
    trail.record(actor, [entry])
    return loan
