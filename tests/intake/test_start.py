"""Choosing a type and starting a draft, and what comes along."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.intake.draft.forms import CARRIED_FIELDS
from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import make_administration, make_draft
from tests.cast import MakeMove
from tests.intake.pages import as_sent, messages_in, url

pytestmark = pytest.mark.django_db
FAR = MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def blank(client: Client, **query: str) -> Any:
    """The form before there is a draft."""
    return client.get("/aanvraag/begin/", query)


def send(client: Client, page: Any, **more: str) -> Any:
    """What that form sends, with some answers."""
    shown = page.context["page"].move
    begun = {"soort": shown.intent, **as_sent(shown)}
    return client.post("/aanvraag/begin/", begun | more)


@pytest.mark.parametrize("move_type", MoveType)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_click_on_a_type_makes_no_draft(
    method: str, move_type: MoveType, as_agent: Client
) -> None:
    page = getattr(as_agent, method)("/aanvraag/begin/", {"soort": move_type})
    again = send(as_agent, page, save="")

    assert page.status_code == 200
    assert messages_in(again) == ["Er is nog niets ingevuld, dus er is niets bewaard."]
    assert not Move.objects.exists()


@pytest.mark.parametrize("move_type", MoveType)
def test_the_first_answer_makes_a_draft_in_the_name_of_who_asks(
    move_type: MoveType, as_agent: Client, agent: User
) -> None:
    page = blank(as_agent, soort=move_type)

    send(as_agent, page, requester_name="Supergebruiker Noord", save="")

    move = Move.objects.get()
    assert (move.intent, move.state) == (move_type, MoveState.DRAFT)
    assert (move.requested_by, move.parties.requester_name) == (
        agent,
        "Supergebruiker Noord",
    )


def test_while_it_saves_itself_the_page_learns_its_number(as_agent: Client) -> None:
    page = blank(as_agent, soort=MoveType.CHANGE_CODE)
    shown = page.context["page"].move
    typed = {"soort": shown.intent, **as_sent(shown), "note": "Graag."}
    live = {"HX-Request": "true"}

    first = as_agent.post("/aanvraag/begin/", typed, headers=live)
    move = Move.objects.get()
    parts = first.content.decode()
    more = {"draft": move.number, "version": move.draft_version, "note": "Snel."}
    as_agent.post("/aanvraag/begin/", typed | more, headers=live)

    assert first["HX-Replace-Url"] == url(move)
    assert f'name="draft" value="{move.number}"' in parts
    assert Move.objects.get().parties.note == "Snel."


def test_an_administration_comes_along(as_agent: Client) -> None:
    administration = make_administration()

    page = as_agent.get(f"/aanvraag/?administratie={administration.public_id}")
    form = blank(
        as_agent,
        soort=MoveType.CHANGE_CODE,
        administratie=str(administration.public_id),
    )
    looked = Move.objects.exists()
    send(as_agent, form, to_code="NIEUW1", save="")

    assert administration.name in page.content.decode()
    assert not looked
    assert Move.objects.get().administration == administration


def test_who_asked_and_who_consented_come_along_from_an_earlier_request(
    as_agent: Client, a_move: MakeMove
) -> None:
    earlier = a_move(MoveState.AWAITING_BOOKKEEPING, move_type=FAR)

    page = as_agent.get(f"/aanvraag/?na={earlier.number}")
    form = blank(as_agent, soort=FAR, na=earlier.number)
    send(as_agent, form, to_code="NIEUW1", save="")

    move = Move.objects.exclude(pk=earlier.pk).get()
    assert f"Van {earlier.number} gaan kantoor" in page.content.decode()
    assert move.to_environment == earlier.to_environment
    for name in CARRIED_FIELDS:
        assert getattr(move.parties, name) == getattr(earlier.parties, name)


@pytest.mark.parametrize("address", ["?administratie=weg", "?na=M-2026-99999", "?na=x"])
def test_what_does_not_exist_does_not_come_along(
    address: str, as_agent: Client
) -> None:
    page = as_agent.get(f"/aanvraag/{address}")

    assert (page.context["administration"], page.context["after"]) == (None, None)


def test_another_type_keeps_the_answers(as_agent: Client, agent: User) -> None:
    move = make_draft(agent, FAR)

    leads = as_agent.post(url(move), {**as_sent(move, note="Graag."), "retype": ""})
    page = as_agent.get(leads["Location"])
    sent = {
        "intent": MoveType.MOVE_ENVIRONMENT,
        "version": page.context["retyped"].draft_version,
    }
    as_agent.post(url(move, "soort/"), sent)

    saved = Move.objects.get()
    assert leads["Location"] == f"/aanvraag/?concept={move.number}"
    assert (saved.intent, saved.to_connection) == (
        MoveType.MOVE_ENVIRONMENT,
        move.to_connection,
    )
    assert (saved.parties.note, saved.parties.consent_name) == (
        "Graag.",
        move.parties.consent_name,
    )


ELSEWHERE = (MoveType.CHANGE_CODE, MoveType.RELINK_CONNECTION)


@pytest.mark.parametrize(
    ("kind", "others"),
    [
        (FAR, ELSEWHERE),
        (MoveType.MOVE_ENVIRONMENT, ELSEWHERE),
        (FAR, (MoveType.MOVE_ENVIRONMENT,)),
        (MoveType.RELINK_CONNECTION_AND_CHANGE_CODE, (MoveType.CHANGE_CODE,)),
        (MoveType.RELINK_CONNECTION, (FAR,)),
    ],
)
def test_the_answers_stand_again_after_other_types(
    kind: MoveType, others: tuple[MoveType, ...], as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, kind)

    for intent in (*others, kind):
        version = Move.objects.get(pk=move.pk).draft_version
        as_agent.post(url(move, "soort/"), {"intent": intent, "version": version})

    back = Move.objects.get(pk=move.pk)
    assert back.intent == kind
    assert (back.to_environment, back.to_connection, back.to_code) == (
        move.to_environment,
        move.to_connection,
        move.to_code,
    )


def test_another_type_says_that_the_statement_was_emptied(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, FAR, moved_said_by="Supergebruiker Noord")
    sent = {"intent": MoveType.CHANGE_CODE, "version": move.draft_version}

    page = as_agent.get(f"/aanvraag/?concept={move.number}").content.decode()
    answer = as_agent.post(url(move, "soort/"), sent)

    assert "vervalt als de plek een andere wordt" in page
    assert "ging over een andere plek" in messages_in(answer)[1]


def test_a_type_that_does_not_exist_is_refused_in_words(as_agent: Client) -> None:
    answer = as_agent.post("/aanvraag/begin/", {"soort": "SAMENVOEGEN"})

    assert messages_in(answer) == ["Kies een van de vijf soorten."]
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

    answer = client.post("/aanvraag/begin/", {"soort": MoveType.CHANGE_CODE})

    assert answer.status_code == 403
    assert not Move.objects.exists()


def test_before_log_in_there_is_the_log_in_page(client: Client, db: None) -> None:
    answer = client.get("/aanvraag/")

    assert answer["Location"] == "/inloggen/?next=/aanvraag/"
