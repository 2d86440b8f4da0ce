"""An approval counts as long as who gave it is here and may give it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.approval.loans import end_loan
from adminmoves.estate.people import give_role
from adminmoves.execution import claim
from adminmoves.models import ApprovalLoan, Move
from adminmoves.rules.reasons import tell
from adminmoves.vocabulary import MoveState, Role
from tests.builders import approve
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S = MoveState


def outcome(move: Move) -> tuple[str, str]:
    now = Move.objects.get(pk=move.pk)
    return now.state, str(now.reason.get("code", ""))


def test_who_approved_and_was_switched_off_does_not_count(
    a_move: MakeMove, lead: User, other_lead: User
) -> None:
    move = a_move(S.APPROVED)
    User.objects.filter(pk=lead.pk).update(is_active=False)

    assert claim.start(move.pk, "worker-1") is None

    assert outcome(move) == (S.AWAITING_APPROVAL, "approver_gone")
    reason = tell(Move.objects.get(pk=move.pk).reason)
    assert reason is not None
    assert reason.sentence == "teamleider-1, die akkoord gaf, mag dat niet meer"

    approve(Move.objects.get(pk=move.pk), other_lead)
    assert claim.start(move.pk, "worker-1")


@pytest.mark.parametrize("role", [Role.SUPPORT_AGENT, Role.AUDITOR, None])
def test_who_is_no_lead_any_more_does_not_count(
    role: Role | None, a_move: MakeMove, lead: User
) -> None:
    move = a_move(S.APPROVED)
    if role:
        give_role(lead, role)
    else:
        lead.groups.clear()

    claim.start(move.pk, "worker-1")

    assert outcome(move) == (S.AWAITING_APPROVAL, "approver_gone")


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_lent_right_that_ended_by_itself_still_counts(
    *, taken_back: bool, a_move: MakeMove, lead: User, other_agent: User
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    began = timezone.now() - timedelta(days=1)
    loan = ApprovalLoan.objects.create(
        lender=lead,
        borrower=other_agent,
        starts_at=began,
        ends_at=timezone.now() + timedelta(hours=1),
    )
    approve(move, other_agent)
    if taken_back:
        end_loan(loan.pk, actor=actor_for(lead))

    started = claim.start(move.pk, "worker-1")

    assert (started is None) is taken_back
    assert outcome(move)[0] == (S.AWAITING_APPROVAL if taken_back else S.RUNNING)
