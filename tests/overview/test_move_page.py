"""The page of one move, in every state and for every role."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.models import Event, Move
from adminmoves.vocabulary import EventCode, MoveState, MoveType, Role
from tests.builders import make_move, make_person
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db


HUMANS = (Role.SUPPORT_AGENT, Role.TEAM_LEAD, Role.AUDITOR, Role.ADMINISTRATOR)


def page_of(move: Move) -> str:
    return f"/migraties/{move.number}/"


@pytest.fixture
def as_lead(client: Client, lead: User) -> Client:
    client.force_login(lead)
    return client


HEADINGS = {
    MoveState.DRAFT: "Deze aanvraag is nog een concept",
    MoveState.AWAITING_BOOKKEEPING: "Wacht op boekhoudpakket",
    MoveState.AWAITING_APPROVAL: "Jouw akkoord is nodig",
    MoveState.APPROVED: "In de wachtrij, plaats 1",
    MoveState.RUNNING: "Uitvoering",
    MoveState.COMPLETED: "De migratie is klaar",
    MoveState.IN_DOUBT: "We weten niet zeker hoe het staat",
    MoveState.FAILED: "Uitvoering",
    MoveState.STOPPED: "Uitvoering",
    MoveState.REJECTED: "De aanvraag is afgewezen",
    MoveState.WITHDRAWN: "De aanvraag is ingetrokken",
}


@pytest.mark.parametrize("state", MoveState)
def test_every_state_says_what_it_asks_for(
    state: MoveState, as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(state)

    page = as_lead.get(page_of(move))

    assert page.status_code == 200
    assert HEADINGS[state] in page.content.decode()


@pytest.mark.parametrize("role", [None, *HUMANS])
def test_every_role_reads_a_move_and_nobody_else(
    role: Role | None, client: Client, a_move: MakeMove
) -> None:
    move = a_move(MoveState.AWAITING_APPROVAL)

    client.force_login(make_person("iemand", role))

    page = client.get(page_of(move))

    assert page.status_code == (403 if role is None else 200)
