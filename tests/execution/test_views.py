"""Running again, answering a doubt, ticking off after-care."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.utils.html import strip_tags

from adminmoves.models import Aftercare, Event, Move
from adminmoves.vocabulary import EventCode, MoveState, Role
from tests.builders import as_read, make_person
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S = MoveState
Post = Callable[..., HttpResponse]
ANSWER = {"answer": "roll_back", "reason": "Het kantoor belde."}
ACTIONS = {
    "opnieuw": (S.FAILED, {}),
    "antwoord": (S.IN_DOUBT, ANSWER),
    "nazorg": (S.COMPLETED, {"item": "test_booking", "done": "yes"}),
}
REFUSED = {
    "opnieuw": (Role.SUPPORT_AGENT, Role.AUDITOR, Role.ADMINISTRATOR),
    "antwoord": (Role.SUPPORT_AGENT, Role.AUDITOR, Role.ADMINISTRATOR),
    "nazorg": (Role.AUDITOR, Role.ADMINISTRATOR),
}
CASES = [(what, role) for what, roles in REFUSED.items() for role in roles]


@pytest.fixture
def as_lead(client: Client, lead: User) -> Client:
    client.force_login(lead)
    return client


def path_of(move: Move, what: str) -> str:
    return f"/migraties/{move.number}/{what}/"


def state_of(move: Move) -> str:
    return str(Move.objects.get(pk=move.pk).state)


def events_of(move: Move) -> int:
    return Event.objects.filter(move=move).count()


def ticking(move: Move, *, done: str) -> dict[str, str]:
    """What a button of a list sends that was opened just now."""
    item = Aftercare.objects.get(move=move, code="test_booking")
    return {"item": item.code, "done": done, "version": item.version}


@pytest.mark.parametrize("state", [S.FAILED, S.STOPPED])
def test_a_lead_runs_again_what_was_rolled_back(
    state: MoveState, as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(state)

    response = as_lead.post(path_of(move, "opnieuw"), as_read(move), follow=True)

    assert state_of(move) == S.APPROVED
    text = strip_tags(response.content.decode())
    assert f"{move.number} staat weer in de wachtrij." in text


def test_a_lead_answers_a_doubt_and_the_answer_is_kept(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.IN_DOUBT)

    as_lead.post(path_of(move, "antwoord"), as_read(move, **ANSWER))

    line = Event.objects.filter(move=move).latest("pk")
    assert (state_of(move), line.code) == (S.RUNNING, EventCode.MOVE_SETTLED)
    assert (line.params["answer"], line.words.texts) == (
        "roll_back",
        {"reason": "Het kantoor belde."},
    )


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"answer": ""}, {"answer": ["Kies hoe het verder gaat."]}),
        ({"reason": " "}, {"reason": ["Schrijf op hoe je dat weet."]}),
    ],
)
def test_an_answer_without_choice_or_reason_loses_nothing(
    change: dict[str, str],
    errors: dict[str, list[str]],
    as_lead: Client,
    a_move: MakeMove,
) -> None:
    move = a_move(S.IN_DOUBT)

    response = as_lead.post(
        path_of(move, "antwoord"), as_read(move, **{**ANSWER, **change})
    )

    page = response.content.decode()
    found = response.context["form"].errors
    assert {name: list(lines) for name, lines in found.items()} == errors
    assert ("Het kantoor belde.</textarea>" in page) == ("reason" not in change)
    assert ('value="roll_back" checked' in page) == ("answer" not in change)
    assert state_of(move) == S.IN_DOUBT


def test_after_care_is_ticked_and_unticked_with_a_name(
    as_lead: Client, lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.COMPLETED, move_type="RELINK_CONNECTION")

    as_lead.post(path_of(move, "nazorg"), ticking(move, done="yes"))
    ticked = Aftercare.objects.get(move=move, code="test_booking")
    as_lead.post(path_of(move, "nazorg"), ticking(move, done="no"))
    unticked = Aftercare.objects.get(move=move, code="test_booking")

    assert (ticked.ticked_by, unticked.ticked_by) == (lead, None)
    done = Event.objects.filter(move=move, code=EventCode.AFTERCARE_TICKED)
    assert list(done.order_by("pk").values_list("params__done", flat=True)) == [
        True,
        False,
    ]


def test_htmx_gets_the_list_alone(as_lead: Client, a_move: MakeMove) -> None:
    move = a_move(S.COMPLETED, move_type="RELINK_CONNECTION")

    response = as_lead.post(
        path_of(move, "nazorg"),
        ticking(move, done="yes"),
        headers={"HX-Request": "true"},
    )

    page = response.content.decode()
    assert page.strip().startswith('<div id="aftercare">')
    assert "1 van 3 gedaan" in page


@pytest.mark.parametrize("item", ["x", "\0"])
def test_after_care_that_is_none_is_no_page(
    item: str, as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.COMPLETED)

    response = as_lead.post(path_of(move, "nazorg"), {"item": item, "done": "yes"})

    assert response.status_code == 404


@pytest.mark.parametrize(("what", "role"), CASES)
def test_the_wrong_role_is_refused_and_nothing_changes(
    what: str, role: Role, client: Client, a_move: MakeMove
) -> None:
    state, answers = ACTIONS[what]
    move = a_move(state)
    client.force_login(make_person("iemand", role))
    before = events_of(move)

    response = client.post(path_of(move, what), answers)

    assert response.status_code == 403
    assert (state_of(move), events_of(move)) == (state, before)


@pytest.mark.parametrize("what", ["opnieuw", "antwoord"])
def test_the_wrong_state_is_refused_in_words(
    what: str, as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    before = events_of(move)

    response = as_lead.post(path_of(move, what), as_read(move, **ACTIONS[what][1]))

    assert response.status_code == 409
    assert "In wachtrij" in response.content.decode()
    assert (state_of(move), events_of(move)) == (S.APPROVED, before)


@pytest.mark.parametrize("what", ACTIONS)
def test_a_step_is_never_a_link(what: str, as_lead: Client, a_move: MakeMove) -> None:
    move = a_move(ACTIONS[what][0])

    assert as_lead.get(path_of(move, what)).status_code == 405
    assert state_of(move) == ACTIONS[what][0]
