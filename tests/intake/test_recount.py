"""Counting the documents of an administration again."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.execution import runner
from adminmoves.models import Attempt, Contributor, Event
from adminmoves.vocabulary import EventCode, MoveState, Part
from tests.builders import counting
from tests.cast import MakeMove
from tests.intake.pages import (
    COUNTS,
    counts_of,
    errors_of,
    messages_in,
    move_url,
)

pytestmark = pytest.mark.django_db
S = MoveState


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def test_documents_are_counted_again_on_the_record(
    client: Client, other_agent: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(other_agent)

    answer = client.post(move_url(move, "tellen/"), counting(move, **COUNTS))

    assert messages_in(answer) == ["De nieuwe tellingen zijn bewaard."]
    assert counts_of(move) == (40, 3, 2)
    assert Contributor.objects.filter(
        move=move, user=other_agent, part=Part.COUNTED
    ).exists()
    event = Event.objects.get(code=EventCode.DOCUMENTS_RECOUNTED)
    assert event.words.texts == {"ticket": "SUP-8"}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        (
            {"documents_unprocessed": 41},
            {"documents_unprocessed": "Dit kan niet meer zijn dan alle 40 documenten."},
        ),
        ({"ticket": ""}, {"ticket": "Dit veld is verplicht."}),
        (
            {"documents": -1},
            {"documents": "Zorg ervoor dat deze waarde minstens 0 is."},
        ),
    ],
)
def test_counts_that_cannot_be_are_refused_in_words(
    changes: dict[str, Any], errors: dict[str, Any], as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    before = counts_of(move)

    page = as_agent.post(move_url(move, "tellen/"), {**COUNTS, **changes})

    assert errors_of(page) == errors
    assert counts_of(move) == before


def test_a_closed_administration_is_not_counted(
    as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(S.RUNNING)
    runner.prepare(Attempt.objects.get(move=move))
    before = counts_of(move)

    answer = as_agent.post(move_url(move, "tellen/"), COUNTS)

    assert len(messages_in(answer)) == 1
    assert counts_of(move) == before
