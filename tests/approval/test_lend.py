"""Lending the right to approve, and choosing another moment."""

from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from adminmoves.access import actor_for, can
from adminmoves.models import ApprovalLoan, Event, Move
from adminmoves.vocabulary import Action, EventCode, MoveState, Role
from tests.builders import make_person
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_lead(client: Client, lead: User) -> Client:
    client.force_login(lead)
    return client


def tomorrow() -> datetime:
    local = timezone.localtime() + timedelta(days=1)
    return local.replace(second=0, microsecond=0)


def answers(borrower: User, /, **changes: object) -> dict[str, object]:
    until = f"{tomorrow():%Y-%m-%dT%H:%M}"
    return {
        "borrower": borrower.pk,
        "until": until,
        "reason": "Vakantie van de anderen.",
        **changes,
    }


def test_a_lead_lends_the_right_on_the_record(
    as_lead: Client, lead: User, agent: User
) -> None:
    response = as_lead.post("/akkoord/uitlenen/", answers(agent), follow=True)

    loan = ApprovalLoan.objects.get()
    assert (loan.lender, loan.borrower, loan.ends_at) == (lead, agent, tomorrow())
    line = Event.objects.get(code=EventCode.APPROVAL_LENT)
    assert (line.subject, line.words.texts) == (
        agent.username,
        {"reason": "Vakantie van de anderen."},
    )
    page = response.content.decode()
    assert f"{agent.username} mag nu akkoord geven." in page
    assert f"uitgeleend door {lead.username}" in page


@pytest.mark.parametrize(
    ("change", "field", "error"),
    [
        ({"until": "2020-01-01T10:00"}, "until", "Kies een moment dat nog komt."),
        ({"reason": " "}, "reason", "Dit veld is verplicht."),
        ({"borrower": ""}, "borrower", "Dit veld is verplicht."),
    ],
)
def test_a_loan_needs_a_person_an_end_and_a_reason(
    change: dict[str, object], field: str, error: str, as_lead: Client, agent: User
) -> None:
    response = as_lead.post("/akkoord/uitlenen/", answers(agent, **change))

    found = response.context["form"].errors
    assert {name: list(lines) for name, lines in found.items()} == {field: [error]}
    assert not ApprovalLoan.objects.exists()


def test_only_agents_borrow(as_lead: Client, auditor: User) -> None:
    response = as_lead.post("/akkoord/uitlenen/", answers(auditor))

    assert list(response.context["form"].errors) == ["borrower"]
    assert not ApprovalLoan.objects.exists()


@pytest.mark.parametrize("role", [Role.SUPPORT_AGENT, Role.AUDITOR, Role.ADMINISTRATOR])
def test_others_than_leads_lend_nothing(
    role: Role, client: Client, agent: User
) -> None:
    client.force_login(make_person("iemand", role))

    assert client.post("/akkoord/uitlenen/", answers(agent)).status_code == 403
    assert not ApprovalLoan.objects.exists()


def lent(lender: User, borrower: User) -> ApprovalLoan:
    return ApprovalLoan.objects.create(
        lender=lender, borrower=borrower, ends_at=tomorrow()
    )


def may_approve(user: User) -> bool:
    return can(actor_for(user), Action.APPROVE)


def test_any_lead_takes_a_lent_right_back_at_once_on_the_record(
    client: Client, lead: User, other_lead: User, agent: User
) -> None:
    loan = lent(lead, agent)
    before = may_approve(agent)
    client.force_login(other_lead)

    page = client.get("/akkoord/uitlenen/").content.decode()
    client.post(f"/akkoord/uitlenen/{loan.pk}/terugnemen/")
    again = client.post(f"/akkoord/uitlenen/{loan.pk}/terugnemen/")

    line = Event.objects.get(code=EventCode.LOAN_ENDED)
    assert f"Neem terug van {agent.username}" in page
    assert (before, may_approve(agent), again.status_code) == (True, False, 409)
    assert (line.subject, line.actor_name) == (agent.username, other_lead.username)
    assert loan.taken_back.ended_by == other_lead


@pytest.mark.parametrize("role", [Role.SUPPORT_AGENT, Role.AUDITOR, Role.ADMINISTRATOR])
def test_others_than_leads_take_nothing_back(
    role: Role, client: Client, lead: User, agent: User
) -> None:
    loan = lent(lead, agent)
    client.force_login(make_person("iemand", role))

    answer = client.post(f"/akkoord/uitlenen/{loan.pk}/terugnemen/")

    assert (answer.status_code, may_approve(agent)) == (403, True)


def test_a_loan_that_never_was_is_not_taken_back(as_lead: Client) -> None:
    assert as_lead.post("/akkoord/uitlenen/4711/terugnemen/").status_code == 404


def test_who_is_no_lead_any_more_lends_nothing(lead: User, agent: User) -> None:
    lent(lead, agent)
    before = may_approve(agent)

    lead.groups.clear()

    assert (before, may_approve(agent)) == (True, False)


def test_who_is_switched_off_lends_nothing(lead: User, agent: User) -> None:
    lent(lead, agent)

    User.objects.filter(pk=lead.pk).update(is_active=False)

    assert not may_approve(agent)


# --- another moment


def moment_of(move: Move) -> datetime | None:
    return Move.objects.get(pk=move.pk).not_before


def path_of(move: Move) -> str:
    return f"/migraties/{move.number}/ander-moment/"


def choose(client: Client, move: Move, **answers: str) -> Any:
    """Choose another moment on a page that was opened just now."""
    seen = Move.objects.get(pk=move.pk).timing
    return client.post(path_of(move), {"seen": seen, **answers})


def test_an_approved_move_gets_another_moment(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(MoveState.APPROVED)
    chosen = f"{tomorrow():%Y-%m-%dT%H:%M}"

    choose(as_lead, move, when="moment", moment=chosen)
    later = moment_of(move)
    choose(as_lead, move, when="now")

    assert (later, moment_of(move)) == (tomorrow(), None)


def test_of_two_who_choose_a_moment_the_second_is_told_of_the_first(
    as_lead: Client, other_lead: User, a_move: MakeMove
) -> None:
    move, other = a_move(MoveState.APPROVED), Client()
    other.force_login(other_lead)
    seen = {"seen": move.timing}
    chosen = f"{tomorrow():%Y-%m-%dT%H:%M}"
    as_lead.post(path_of(move), {"when": "evening", **seen})
    evening = moment_of(move)

    typed = {"when": "moment", "moment": chosen, "urgent": "on", **seen}
    late = other.post(path_of(move), {**typed, "urgent_because": "De klant wacht"})

    page = unescape(late.content.decode())
    assert (late.status_code, moment_of(move)) == (409, evening)
    assert "teamleider-1 wijzigde om " in page
    assert f'value="{chosen}"' in page
    assert "De klant wacht" in page

    again = Move.objects.get(pk=move.pk).timing
    assert f'name="seen" value="{again}"' in page
    other.post(path_of(move), {"when": "moment", "moment": chosen, "seen": again})
    assert moment_of(move) == tomorrow()


def test_a_moment_past_the_attestation_is_told_at_the_field(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(MoveState.APPROVED)
    chosen = f"{timezone.localtime() + timedelta(days=40):%Y-%m-%dT%H:%M}"

    response = as_lead.post(path_of(move), {"when": "moment", "moment": chosen})

    assert dict(response.context["form"].errors) == {
        "moment": [
            (
                "De verklaring is dan te oud. Kies een eerder moment, of laat "
                "opnieuw een verklaring vastleggen."
            )
        ]
    }
    assert f'value="{chosen}"' in response.content.decode()
    assert moment_of(move) is None


def test_a_moment_that_has_passed_is_told_at_the_field(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(MoveState.APPROVED)

    response = as_lead.post(
        path_of(move), {"when": "moment", "moment": "2020-01-01T10:00"}
    )

    assert list(response.context["form"].errors) == ["moment"]
    assert 'value="2020-01-01T10:00"' in response.content.decode()


def test_a_move_that_is_not_approved_is_not_rescheduled(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(MoveState.AWAITING_APPROVAL)

    assert as_lead.post(path_of(move), {"when": "evening"}).status_code == 409
    assert moment_of(move) is None


def test_an_agent_does_not_reschedule(
    client: Client, agent: User, a_move: MakeMove
) -> None:
    move = a_move(MoveState.APPROVED)
    client.force_login(agent)

    assert client.post(path_of(move), {"when": "evening"}).status_code == 403
    assert client.get(path_of(move)).status_code == 405
    assert moment_of(move) is None
