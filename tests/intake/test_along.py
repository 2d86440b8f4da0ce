"""What a request begins with: it makes no draft, and another type keeps it."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.intake.draft.forms import CARRIED_FIELDS
from adminmoves.models import Move
from adminmoves.rules.checks.base import ENVIRONMENT_TYPES
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import make_administration
from tests.cast import MakeMove
from tests.intake.pages import as_sent, messages_in

pytestmark = pytest.mark.django_db
S, T = MoveState, MoveType
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
OTHERS = [(one, other) for one in MoveType for other in MoveType if one != other]


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def click(client: Client, page: Any, button: str, **typed: str) -> Any:
    """Press a button of the form as it was shown, with what it keeps hidden."""
    answers = as_sent(page.context["page"].move)
    sent = {**hidden_in(page), **answers, **typed, button: ""}
    return client.post("/aanvraag/begin/", sent)


def choose(client: Client, page: Any, kind: MoveType) -> Any:
    """Choose a type on the page of the types, as it was shown."""
    return client.get("/aanvraag/begin/", {**hidden_in(page), "soort": kind})


def retype(client: Client, page: Any, kind: MoveType) -> Any:
    """Another type, from a form that nobody filled something in."""
    return choose(client, client.get(click(client, page, "retype")["Location"]), kind)


def hidden_in(page: Any) -> dict[str, str]:
    found = HIDDEN.findall(body(page))
    return {name: value for name, value in found if not name.startswith("csrf")}


def body(page: Any) -> str:
    return str(page.content.decode())


@pytest.mark.parametrize(("first", "other"), OTHERS)
def test_another_type_keeps_the_administration_and_makes_no_draft(
    first: MoveType, other: MoveType, as_agent: Client
) -> None:
    administration = make_administration()
    types = as_agent.get(f"/aanvraag/?administratie={administration.public_id}")

    page = retype(as_agent, choose(as_agent, types, first), other)

    begun = page.context["page"].move
    assert (begun.intent, begun.administration) == (other, administration)
    assert not Move.objects.exists()


@pytest.mark.parametrize(("first", "other"), OTHERS)
def test_another_type_keeps_what_came_along_from_an_earlier_request(
    first: MoveType, other: MoveType, as_agent: Client, a_move: MakeMove
) -> None:
    earlier = a_move(S.AWAITING_BOOKKEEPING, move_type=T.MOVE_ENVIRONMENT)
    types = as_agent.get(f"/aanvraag/?na={earlier.number}")

    page = retype(as_agent, choose(as_agent, types, first), other)

    begun = page.context["page"].move
    assert begun.intent == other
    assert carried(begun) == carried(earlier)
    if other in ENVIRONMENT_TYPES:
        assert begun.to_environment == earlier.to_environment
    assert Move.objects.get() == earlier


def carried(move: Move) -> list[str]:
    return [getattr(move.parties, name) for name in CARRIED_FIELDS]


def test_what_came_along_outlasts_a_type_that_does_not_ask_it(
    as_agent: Client, a_move: MakeMove
) -> None:
    earlier = a_move(S.AWAITING_BOOKKEEPING, move_type=T.MOVE_ENVIRONMENT)
    types = as_agent.get(f"/aanvraag/?na={earlier.number}")
    code = choose(as_agent, types, T.CHANGE_CODE)
    click(as_agent, code, "save", note="Graag.")
    draft = Move.objects.exclude(pk=earlier.pk).get()

    choice = {"intent": T.MOVE_ENVIRONMENT, "version": draft.draft_version}
    as_agent.post(f"/aanvraag/{draft.number}/soort/", choice)

    draft = Move.objects.get(pk=draft.pk)
    assert (draft.intent, draft.parties.note) == (T.MOVE_ENVIRONMENT, "Graag.")
    assert draft.to_environment == earlier.to_environment
    assert carried(draft) == carried(earlier)


@pytest.mark.parametrize(("first", "other"), OTHERS)
def test_another_type_keeps_the_way_back_and_what_it_filled_in(
    first: MoveType, other: MoveType, as_agent: Client, a_move: MakeMove
) -> None:
    completed = a_move(S.COMPLETED, move_type=first)
    to_form = as_agent.post(f"/migraties/{completed.number}/terugdraaien/")
    page = as_agent.get(to_form["Location"])

    again = retype(as_agent, page, other)
    there = retype(as_agent, again, first)

    begun = again.context["page"].move
    assert (begun.intent, begun.reverses) == (other, completed)
    assert begun.administration == completed.administration
    assert_wants_origin(there.context["page"].move, completed)
    assert Move.objects.get() == completed


def assert_wants_origin(move: Move, completed: Move) -> None:
    assert (move.to_environment, move.to_connection, move.to_code) == (
        completed.from_environment,
        completed.from_connection,
        completed.from_code,
    )


@pytest.mark.parametrize(("first", "other"), OTHERS)
def test_the_way_back_is_stored_as_the_other_type_with_what_was_typed(
    first: MoveType, other: MoveType, as_agent: Client, a_move: MakeMove
) -> None:
    completed = a_move(S.COMPLETED, move_type=first)
    begun = as_agent.get(f"/aanvraag/begin/?terug={completed.number}")
    page = retype(as_agent, begun, other)

    click(as_agent, page, "save", note="Graag.")
    draft = Move.objects.get(reverses=completed)
    stored_as = draft.intent
    choice = {"intent": first, "version": draft.draft_version}
    as_agent.post(f"/aanvraag/{draft.number}/soort/", choice)

    draft = Move.objects.get(pk=draft.pk)
    assert (stored_as, draft.intent, draft.parties.note) == (other, first, "Graag.")
    assert_wants_origin(draft, completed)


def test_the_page_of_the_types_says_what_comes_along(
    as_agent: Client, a_move: MakeMove
) -> None:
    code = a_move(S.AWAITING_BOOKKEEPING, move_type=T.CHANGE_CODE)
    completed = a_move(S.COMPLETED)

    after = body(as_agent.get(f"/aanvraag/?na={code.number}"))
    back = body(as_agent.get(f"/aanvraag/?terug={completed.number}"))

    assert f"Van {code.number} gaat de aanvrager mee." in after
    assert f"Deze aanvraag draait {completed.number} terug" in back


@pytest.mark.parametrize("other", MoveType)
def test_the_page_of_the_types_leads_back_to_the_form_as_it_was(
    other: MoveType, as_agent: Client, a_move: MakeMove
) -> None:
    completed = a_move(S.COMPLETED)
    begun = as_agent.get(f"/aanvraag/begin/?terug={completed.number}")
    page = retype(as_agent, begun, other)

    types = as_agent.get(click(as_agent, page, "retype")["Location"])
    again = as_agent.get(types.context["begun_url"])

    shown = again.context["page"].move
    assert (shown.intent, shown.reverses) == (other, completed)
    assert "Laat de soort zoals die is" in body(types)


def test_an_office_that_was_no_answer_does_not_come_along(
    as_agent: Client, a_move: MakeMove
) -> None:
    earlier = a_move(S.AWAITING_BOOKKEEPING, move_type=T.CHANGE_CODE)
    types = as_agent.get(f"/aanvraag/?na={earlier.number}")

    page = choose(as_agent, types, T.MOVE_ENVIRONMENT)

    assert page.context["page"].move.to_environment is None


def test_who_saves_what_came_along_has_a_draft_of_it(as_agent: Client) -> None:
    administration = make_administration()
    types = as_agent.get(f"/aanvraag/?administratie={administration.public_id}")

    answer = click(as_agent, choose(as_agent, types, T.CHANGE_CODE), "save")

    draft = Move.objects.get()
    assert messages_in(answer) == [f"Concept {draft.number} is bewaard."]
    assert draft.administration == administration


@pytest.mark.parametrize("button", ["next", "refresh", "retype"])
def test_no_other_button_makes_a_draft_of_what_came_along(
    button: str, as_agent: Client
) -> None:
    administration = make_administration()
    types = as_agent.get(f"/aanvraag/?administratie={administration.public_id}")

    click(as_agent, choose(as_agent, types, T.CHANGE_CODE), button)

    assert not Move.objects.exists()


def test_an_administration_that_does_not_exist_leaves_the_form_empty(
    as_agent: Client,
) -> None:
    address = f"/aanvraag/begin/?soort={T.CHANGE_CODE}&administratie=weg"

    page = as_agent.get(address)

    assert page.context["page"].move.administration is None
