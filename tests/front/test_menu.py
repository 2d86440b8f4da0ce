"""Who sees which page in the menu, and what is counted beside it."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from adminmoves.access import Actor
from adminmoves.models import Contributor
from adminmoves.vocabulary import MoveState, Part, Role
from adminmoves.web import menu
from adminmoves.web.menu import entries
from tests.cast import MakeMove
from tests.overview.people import logged_in

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
        "operations",
    ],
    Role.AUDITOR: ["list", "administrations", "connections", "history"],
    Role.ADMINISTRATOR: [
        "list",
        "administrations",
        "connections",
        "history",
        "operations",
    ],
}


@pytest.mark.parametrize("role", MENU)
def test_the_menu_hides_what_a_role_cannot_open(
    role: Role, actors: dict[Role, Actor]
) -> None:
    assert [entry.page.key for entry in entries(actors[role])] == MENU[role]


def counter(user: User) -> str:
    """What stands beside Approvals in this person's menu."""
    page = logged_in(user).get("/hulp/").content.decode()
    found = re.search(r'id="badge-queue">\s*<span class="count">([^<]+)<', page)
    return found[1] if found else ""


def test_the_counter_counts_what_this_lead_may_decide_on(
    a_move: MakeMove, agent: User, lead: User
) -> None:
    assert counter(lead) == ""

    a_move(S.AWAITING_APPROVAL)
    a_move(S.APPROVED)

    assert counter(lead) == "1"
    assert counter(agent) == ""


def test_the_counter_leaves_out_what_this_lead_worked_on(
    a_move: MakeMove, lead: User
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    Contributor.objects.create(move=move, user=lead, revision=1, part=Part.ATTESTED)

    assert counter(lead) == ""


def test_the_counter_stops_counting_at_its_cap() -> None:
    assert [menu.badge(count) for count in (0, 99, 100)] == ["", "99", "99+"]


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
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/voorkeuren/").status_code == 200
    return len(queries)
