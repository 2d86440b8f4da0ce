"""Who sees which page in the menu, and what is counted beside it."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from adminmoves import menu
from adminmoves.access import Actor
from adminmoves.menu import entries, waiting_for
from adminmoves.vocabulary import MoveState, Role
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S = MoveState

MENU = {
    Role.SUPPORT_AGENT: ["list", "administrations", "connections", "choose"],
    Role.TEAM_LEAD: [
        "list",
        "queue",
        "administrations",
        "connections",
        "choose",
        "history",
    ],
    Role.AUDITOR: ["list", "administrations", "connections", "history"],
    Role.ADMINISTRATOR: ["list", "administrations", "connections", "history"],
}


@pytest.mark.parametrize("role", MENU)
def test_the_menu_hides_what_a_role_cannot_open(
    role: Role, actors: dict[Role, Actor]
) -> None:
    assert [entry.page.key for entry in entries(actors[role])] == MENU[role]


def test_the_counter_counts_what_this_lead_may_decide_on(
    a_move: MakeMove, actors: dict[Role, Actor]
) -> None:
    assert waiting_for(actors[Role.TEAM_LEAD]) == ""

    a_move(S.AWAITING_APPROVAL)
    a_move(S.APPROVED)

    assert waiting_for(actors[Role.TEAM_LEAD]) == "1"
    assert waiting_for(actors[Role.SUPPORT_AGENT]) == ""


def test_the_counter_stops_counting_at_its_cap(
    monkeypatch: pytest.MonkeyPatch, a_move: MakeMove, actors: dict[Role, Actor]
) -> None:
    monkeypatch.setattr(menu, "COUNT_CAP", 1)
    for _move in range(3):
        a_move(S.AWAITING_APPROVAL)

    assert waiting_for(actors[Role.TEAM_LEAD]) == "1+"


def test_the_frame_asks_the_database_equally_often_whatever_waits(
    client: Client,
    lead: User,
    a_move: MakeMove,
) -> None:
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    few = queries(client)

    for _move in range(3):
        a_move(S.AWAITING_APPROVAL)

    assert queries(client) == few


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/voorkeuren/").status_code == 200
    return len(asked)
