"""A row is made once for what it shows; whatever changes shows at once."""

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.template.loader import render_to_string

from adminmoves.models import Move
from adminmoves.templatetags.portal import route
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import as_read, make_administration, make_draft, run
from tests.cast import MakeMove
from tests.overview.people import logged_in, page_words

pytestmark = pytest.mark.django_db
S = MoveState
URGENT = "Spoed"


def rename(row: Model | None, **facts: str) -> None:
    assert row is not None
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))


def test_a_new_name_of_an_administration_shows_at_once(agent: User) -> None:
    administration = make_administration(name="Bakkerij Oud")
    make_draft(agent, administration=administration)
    client = logged_in(agent)
    assert "Bakkerij Oud" in page_words(client.get("/?status=alle"))

    rename(administration, name="Bakkerij Nieuw")

    text = page_words(client.get("/?status=alle"))
    assert ("Bakkerij Nieuw" in text, "Bakkerij Oud" in text) == (True, False)


def test_a_new_name_of_the_requester_shows_at_once(agent: User, lead: User) -> None:
    make_draft(agent)
    client = logged_in(lead)
    client.get("/?status=alle")

    rename(agent, first_name="Andere", last_name="Medewerker")

    assert "Andere Medewerker" in page_words(client.get("/?status=alle"))


def test_a_row_is_told_in_the_language_of_whoever_reads(
    agent: User, lead: User, a_move: MakeMove
) -> None:
    a_move(S.COMPLETED)
    client = logged_in(agent)
    assert "Voltooid" in page_words(client.get("/?status=voltooid"))

    english = logged_in(lead)
    english.cookies["taal"] = "en"

    row = page_words(english.get("/?status=voltooid"))
    assert ("Completed" in row, "Voltooid" in row) == (True, False)


def test_a_state_that_was_reached_shows_at_once(agent: User, a_move: MakeMove) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client = logged_in(agent)
    before = page_words(client.get("/?status=alle"))

    logged_in(agent).post(
        f"/migraties/{move.number}/intrekken/", as_read(move, reason="Dubbel.")
    )

    after = page_words(client.get("/?status=alle"))
    assert Move.objects.get(pk=move.pk).state == S.WITHDRAWN
    assert ("Wacht op akkoord" in before, "Ingetrokken" in after) == (True, True)


@pytest.mark.parametrize("state", [S.APPROVED, S.RUNNING])
def test_what_is_urgent_says_so_in_the_lists(
    state: MoveState, lead: User, a_move: MakeMove
) -> None:
    move = a_move(state)
    before = lists(lead, move)

    Move.objects.filter(pk=move.pk).update(urgent=True)

    assert [URGENT in html for html in before] == [False, False]
    assert [URGENT in html for html in lists(lead, move)] == [True, True]


def test_what_was_urgent_and_is_over_says_so_no_more(
    lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    Move.objects.filter(pk=move.pk).update(urgent=True)

    move = run(move)

    assert (move.state, move.urgent) == (S.COMPLETED, True)
    assert [URGENT in html for html in lists(lead, move)] == [False, False]


def test_a_place_that_is_no_longer_in_use_says_so_in_the_lists(
    lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    connection = move.to_connection
    assert connection is not None
    pages = "/administraties/", "/?status=alle"
    before = [page_words(logged_in(lead).get(page)) for page in pages]

    connection.is_active = False
    connection.save(update_fields=["is_active"])

    after = [page_words(logged_in(lead).get(page)) for page in pages]
    assert ["(niet actief)" in page for page in before] == [False, False]
    assert ["(niet actief)" in page for page in after] == [True, True]


def test_other_capitals_are_no_other_code(agent: User) -> None:
    move = Move(intent=MoveType.CHANGE_CODE, requested_by=agent)
    move.administration = make_administration(code="ABC1")
    shown = []
    for code in ("abc1", "ABC2"):
        move.to_code = code
        shown.append("</b>" in render_to_string("partials/route.html", route(move)))

    assert shown == [False, True]


def lists(user: User, move: Move) -> list[str]:
    """The rows of all migrations, and those of its administration."""
    administration = move.administration
    assert administration is not None
    pages = ("/?status=alle", f"/administraties/{administration.public_id}/")
    return [page_words(logged_in(user).get(page)) for page in pages]
