"""Choosing a type and starting a draft, and what comes along."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import make_administration, make_draft
from tests.cast import MakeMove
from tests.intake.pages import told, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


@pytest.mark.parametrize("move_type", MoveType)
def test_each_type_starts_a_draft_in_the_name_of_who_asks(
    move_type: MoveType, as_agent: Client, agent: User
) -> None:
    answer = as_agent.post("/aanvraag/begin/", {"intent": move_type})

    move = Move.objects.get()
    assert answer["Location"] == url(move)
    assert (move.intent, move.state) == (move_type, MoveState.DRAFT)
    assert move.requested_by == agent


def test_an_administration_comes_along(as_agent: Client) -> None:
    books = make_administration()

    page = as_agent.get(f"/aanvraag/?administratie={books.public_id}")
    as_agent.post(
        "/aanvraag/begin/",
        {"intent": MoveType.CHANGE_CODE, "administration": books.public_id},
    )

    assert books.name in page.content.decode()
    assert Move.objects.get().administration == books


def test_the_requester_of_an_earlier_request_comes_along(
    as_agent: Client, a_move: MakeMove
) -> None:
    earlier = a_move(MoveState.AWAITING_BOOKKEEPING)

    page = as_agent.get(f"/aanvraag/?na={earlier.number}")
    as_agent.post(
        "/aanvraag/begin/", {"intent": MoveType.CHANGE_CODE, "after": earlier.pk}
    )

    parties = Move.objects.exclude(pk=earlier.pk).get().parties
    assert f"De aanvrager van {earlier.number} gaat mee." in page.content.decode()
    assert (parties.requester_name, parties.requester_ticket) == (
        earlier.parties.requester_name,
        earlier.parties.requester_ticket,
    )


@pytest.mark.parametrize("address", ["?administratie=weg", "?na=M-2026-99999", "?na=x"])
def test_what_does_not_exist_does_not_come_along(
    address: str, as_agent: Client
) -> None:
    page = as_agent.get(f"/aanvraag/{address}")

    assert (page.context["books"], page.context["after"]) == (None, None)


def test_a_type_that_does_not_exist_is_refused_in_words(as_agent: Client) -> None:
    answer = as_agent.post("/aanvraag/begin/", {"intent": "SAMENVOEGEN"})

    assert told(answer) == ["Kies een van de vijf soorten."]
    assert not Move.objects.exists()


def test_only_ones_own_drafts_are_offered_the_newest_first(
    as_agent: Client, agent: User, other_agent: User, a_move: MakeMove
) -> None:
    older, newer = make_draft(agent), make_draft(agent)
    make_draft(other_agent)
    a_move(MoveState.AWAITING_APPROVAL)

    page = as_agent.get("/aanvraag/")

    assert page.context["drafts"] == [newer, older]


def test_the_page_takes_as_many_queries_for_many_drafts(
    as_agent: Client, agent: User, django_assert_max_num_queries: object
) -> None:
    counts = []
    for drafts in (3, 15):
        for _one in range(drafts):
            make_draft(agent)
        with django_assert_max_num_queries(8) as seen:  # type: ignore[operator] # the fixture's own type is private
            as_agent.get("/aanvraag/")
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_an_auditor_files_nothing(client: Client, auditor: User) -> None:
    client.force_login(auditor)

    answer = client.post("/aanvraag/begin/", {"intent": MoveType.CHANGE_CODE})

    assert answer.status_code == 403
    assert not Move.objects.exists()


def test_starting_is_never_a_link(as_agent: Client) -> None:
    assert as_agent.get("/aanvraag/begin/").status_code == 405


def test_before_log_in_there_is_the_log_in_page(client: Client, db: None) -> None:
    answer = client.get("/aanvraag/")

    assert answer["Location"] == "/inloggen/?next=/aanvraag/"
