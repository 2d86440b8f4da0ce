"""Whose form it is: colleagues, readers, and what is no draft any more."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import (
    make_administration,
    make_connection,
    make_draft,
    make_environment,
)
from tests.cast import MakeMove
from tests.intake.pages import COUNTS, as_sent, counts_of, move_url, state_of, url

pytestmark = pytest.mark.django_db
T = MoveType


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def test_a_draft_of_a_colleague_offers_to_take_it_over(
    as_agent: Client, other_agent: User
) -> None:
    move = make_draft(other_agent)

    page = as_agent.get(url(move)).content.decode()

    assert "Dit concept is van een collega" in page
    assert f'action="{url(move, "overnemen/")}"' in page


def test_a_draft_of_a_colleague_is_not_written_in(
    as_agent: Client, other_agent: User
) -> None:
    move = make_draft(other_agent)

    answer = as_agent.post(url(move), as_sent(move, to_code="ANDERS"))

    assert answer.status_code == 403
    assert Move.objects.get(pk=move.pk).to_code == move.to_code


def test_who_files_no_requests_reads_who_can_help(
    client: Client, auditor: User, agent: User
) -> None:
    move = make_draft(agent)
    client.force_login(auditor)

    answer = client.get(url(move))

    assert answer.status_code == 403
    assert "medewerker / teamleider" in answer.content.decode()


def test_what_was_approved_is_not_written_in(
    as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(MoveState.APPROVED)

    page = as_agent.get(url(move))
    answer = as_agent.post(url(move), as_sent(move, to_code="ANDERS"))

    assert page["Location"] == f"/migraties/{move.number}/"
    assert answer.status_code == 409
    assert Move.objects.get(pk=move.pk).to_code == move.to_code


def test_the_queries_of_the_form_do_not_grow_with_the_estate(
    as_agent: Client, agent: User, django_assert_max_num_queries: Any
) -> None:
    move = make_draft(agent, T.MOVE_ENVIRONMENT)
    counts = []
    for _round in range(2):
        with django_assert_max_num_queries(100) as seen:
            as_agent.get(url(move))
        counts.append(len(seen))
        for _one in range(20):
            make_administration(make_connection(make_environment()))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("page", ["heropenen/", "intrekken/", "tellen/"])
@pytest.mark.parametrize("who", ["auditor", "administrator"])
def test_who_only_reads_changes_nothing(
    page: str, who: str, client: Client, a_move: MakeMove, request: Any
) -> None:
    move = a_move(MoveState.AWAITING_APPROVAL)
    client.force_login(request.getfixturevalue(who))

    answer = client.post(move_url(move, page), {**COUNTS, "reason": "Zomaar."})

    assert answer.status_code == 403
    assert state_of(move) == MoveState.AWAITING_APPROVAL
    assert counts_of(move) == (12, 0, 0)


@pytest.mark.parametrize("page", ["overnemen/"])
def test_a_draft_is_never_taken_over_by_a_link(
    page: str, as_agent: Client, other_agent: User
) -> None:
    assert as_agent.get(url(make_draft(other_agent), page)).status_code == 405


@pytest.mark.parametrize("address", ["/aanvraag/M-2026-99999/", "/aanvraag/onzin/"])
def test_a_number_that_does_not_exist_is_no_page(
    address: str, as_agent: Client
) -> None:
    assert as_agent.get(address).status_code == 404
