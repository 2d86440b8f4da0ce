"""The list of migrations: what it shows to whom, and that it costs the same."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import WAYS, make_administration, make_draft, make_move
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S, T = MoveState, MoveType
SESSION_USER_AND_ROLE = 5


def rows(answer: object) -> list[str]:
    """The numbers of the migrations that a page shows, in order."""
    html = answer.content.decode()  # type: ignore[attr-defined]
    return re.findall(r'<small class="mono">(M-\d+-\d+)</small>', html)


def chips(answer: object) -> dict[str, str]:
    html = answer.content.decode()  # type: ignore[attr-defined]
    nav = html[html.index('id="chips"') : html.index("</nav>", html.index('id="chips"'))]
    found = re.findall(r"(?:</svg>|>)([^<>]+) <span class=\"n\">([^<]+)</span>", nav)
    return dict(found)


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def as_lead(client: Client, lead: User) -> Client:
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_state_has_a_row(as_lead: Client, a_move: MakeMove) -> None:
    moves = [a_move(state) for state in WAYS]

    answer = as_lead.get("/?status=alle")

    assert sorted(rows(answer)) == sorted(move.number for move in moves)
