"""Withdrawing a draft, and what was submitted."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.models import Event
from adminmoves.vocabulary import EventCode, MoveState
from tests.builders import as_read, make_draft
from tests.cast import MakeMove
from tests.intake.pages import (
    errors_of,
    move_url,
    state_of,
)

pytestmark = pytest.mark.django_db
S = MoveState


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def test_a_draft_goes_without_a_reason(as_agent: Client, agent: User) -> None:
    move = make_draft(agent)

    page = as_agent.get(move_url(move, "intrekken/"))
    answer = as_agent.post(move_url(move, "intrekken/"), as_read(move))

    assert "Dit concept intrekken?" in page.content.decode()
    assert answer["Location"] == "/aanvraag/"
    assert state_of(move) == S.WITHDRAWN


def test_what_was_submitted_goes_with_a_reason(
    as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)

    without = as_agent.post(move_url(move, "intrekken/"), as_read(move, reason=" "))
    before = state_of(move)
    answer = as_agent.post(
        move_url(move, "intrekken/"), as_read(move, reason="Toch niet.")
    )

    assert errors_of(without) == {"reason": "Zeg waarom je deze aanvraag intrekt."}
    assert before == S.AWAITING_APPROVAL
    assert answer["Location"] == move_url(move)
    assert state_of(move) == S.WITHDRAWN
    event = Event.objects.get(move=move, code=EventCode.MOVE_WITHDRAWN)
    assert event.words.texts == {"reason": "Toch niet."}


def test_a_running_move_is_not_withdrawn(as_agent: Client, a_move: MakeMove) -> None:
    move = a_move(S.RUNNING)

    answer = as_agent.post(
        move_url(move, "intrekken/"), as_read(move, reason="Toch niet.")
    )

    assert answer.status_code == 409
    assert state_of(move) == S.RUNNING


def test_a_colleagues_draft_is_not_thrown_away(
    as_agent: Client, other_agent: User
) -> None:
    move = make_draft(other_agent)

    answer = as_agent.post(move_url(move, "intrekken/"), as_read(move))

    assert answer.status_code == 403
    assert state_of(move) == S.DRAFT
