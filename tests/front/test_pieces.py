"""Pieces that are made once are never shown to whom they do not belong, or too late."""

import re

import pytest
from django.contrib.auth.models import User
from psycopg2 import extensions

from adminmoves.vocabulary import MoveState, Role
from tests.builders import as_read, make_administration, make_environment, make_person
from tests.cast import MakeMove
from tests.overview.people import logged_in, page_words

pytestmark = pytest.mark.django_db
S = MoveState


def test_everybody_gets_the_menu_of_their_own_role(agent: User, auditor: User) -> None:
    for _time in range(2):
        offered = {
            user.username: 'id="palette-new"'
            in logged_in(user).get("/hulp/").content.decode()
            for user in (agent, auditor)
        }

        assert offered == {agent.username: True, auditor.username: False}


def test_what_waits_is_told_anew(lead: User, a_move: MakeMove) -> None:
    client = logged_in(lead)
    before = client.get("/hulp/").content.decode()
    tabs = before[before.index('class="tabbar"') :]
    assert 'class="count"' not in tabs

    a_move(S.AWAITING_APPROVAL)

    after = client.get("/hulp/").content.decode()
    assert '<span class="count">1<' in after[after.index('class="tabbar"') :]


def test_the_chosen_page_is_marked_only_there(lead: User) -> None:
    client = logged_in(lead)
    for address in ("/administraties/", "/zoeken/", "/administraties/"):
        page = client.get(address).content.decode()
        tabs = page[page.index('class="tabbar"') :]

        marked = re.search(r'href="/zoeken/" data-open="palette"\s+aria-current', tabs)
        assert (marked is not None) is (address == "/zoeken/")


def test_a_new_colleague_and_a_new_office_are_offered_at_once(auditor: User) -> None:
    client = logged_in(auditor)
    assert "Nieuwe Collega" not in page_words(client.get("/historie/"))

    colleague = make_person("nieuw", Role.SUPPORT_AGENT)
    colleague.first_name, colleague.last_name = "Nieuwe", "Collega"
    colleague.save()
    make_environment(office_code="NIEUW9")

    page = client.get("/historie/").content.decode()
    assert ("Nieuwe Collega" in page, '<option value="NIEUW9">' in page) == (True, True)


def test_a_choice_is_shown_where_it_was_made(lead: User, a_move: MakeMove) -> None:
    a_move(S.COMPLETED)
    client = logged_in(lead)
    for package in ("TWINFIELD", "", "TWINFIELD"):
        page = client.get(f"/?status=alle&pakket={package}").content.decode()

        assert ('value="TWINFIELD" selected' in page) is bool(package)


@pytest.mark.parametrize("name", ["name", "mail_address"])
def test_what_a_search_found_is_told_anew(agent: User, name: str) -> None:
    administration = make_administration(code="zoek77", name="Bakkerij Oud")
    client = logged_in(agent)
    client.get("/zoeken/?q=zoek77")

    setattr(administration, name, "nieuw@voorbeeld.example")
    administration.save()

    assert "nieuw@voorbeeld.example" in page_words(client.get("/zoeken/?q=zoek77"))


def test_what_was_found_by_a_former_code_says_so_and_elsewhere_not(
    agent: User, a_move: MakeMove
) -> None:
    move, client = a_move(S.COMPLETED), logged_in(agent)
    assert move.administration is not None

    says_formerly = [
        "voorheen" in page_words(client.get(f"/zoeken/?q={text}"))
        for text in (move.administration.name, move.from_code, move.to_code)
    ]

    assert says_formerly == [False, True, False]


@pytest.mark.django_db(transaction=True)
def test_words_that_are_taken_away_show_no_more(
    owner: extensions.connection, lead: User, auditor: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    logged_in(lead).post(
        f"/migraties/{move.number}/terugsturen/",
        as_read(move, question="Welke koppeling?"),
    )
    client = logged_in(auditor)
    assert "Welke koppeling?" in page_words(client.get("/historie/"))

    with owner.cursor() as cursor:
        cursor.execute(
            "UPDATE adminmoves_eventwords SET texts = '{}'"
            " WHERE texts::text LIKE '%Welke koppeling%'"
        )
    owner.commit()

    assert "Welke koppeling?" not in page_words(client.get("/historie/"))
