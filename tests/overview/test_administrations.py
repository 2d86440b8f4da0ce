"""The list of administrations, the page of one, and the search for anything."""

import re

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adminmoves.models import Administration, Move, search
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import (
    make_administration,
    make_connection,
    make_environment,
    make_move,
)
from tests.cast import MakeMove
from tests.overview.people import link, logged_in, page_words

pytestmark = pytest.mark.django_db
S, T = MoveState, MoveType
LIST_QUERIES = 7
"""Session, person, their standing; rows, moves, former places, offices."""
PAGE_QUERIES = 8
"""The same three; the administration, its moves, places and events, what waits."""
SEARCH_QUERIES = 6
"""The same three; what the text finds, their rows and former places."""


@pytest.fixture
def moved(agent: User, lead: User) -> Move:
    return make_move(
        S.COMPLETED,
        agent=agent,
        lead=lead,
        move_type=T.MOVE_ENVIRONMENT_AND_CHANGE_CODE,
    )


def administration_of(move: Move) -> Administration:
    return Administration.objects.with_place().get(moves=move)


def names(answer: object) -> list[str]:
    text = page_words(answer)
    every = Administration.objects.values_list("name", flat=True)
    return sorted((name for name in every if name in text), key=text.index)


# --- the list


def test_administrations_stand_by_name(auditor: User) -> None:
    for name in ("Zuivel B.V.", "appelhof B.V.", "Élan B.V.", "Molen B.V."):
        make_administration(name=name)

    answer = logged_in(auditor).get("/administraties/")

    assert names(answer) == ["appelhof B.V.", "Élan B.V.", "Molen B.V.", "Zuivel B.V."]


def test_an_administration_is_found_by_what_it_was_and_says_so(
    auditor: User, moved: Move
) -> None:
    make_administration(name="Een andere")
    client = logged_in(auditor)
    assert moved.from_environment is not None
    former = f"{moved.from_environment.office_code}.{moved.from_code}"

    for text in (moved.from_code, former, moved.from_address):
        answer = client.get("/administraties/", {"q": text})
        assert names(answer) == [administration_of(moved).name], text
        assert f"voorheen {former}" in page_words(answer), text

    by_name = client.get("/administraties/", {"q": administration_of(moved).name})
    assert "voorheen" not in page_words(by_name)


def test_filters_narrow_the_administrations_down(
    auditor: User, a_move: MakeMove
) -> None:
    office = make_environment(office_code="Zuid7")
    there = make_administration(
        make_connection(office, package="TWINFIELD"), name="Daar"
    )
    under_way = administration_of(a_move(S.AWAITING_APPROVAL))
    at_rest = administration_of(a_move(S.REJECTED))
    client = logged_in(auditor)
    expected = {
        "kantoor=ZUID7": [there.name],
        "pakket=TWINFIELD": [there.name],
        "onderweg=ja": [under_way.name],
        "onderweg=nee": sorted([at_rest.name, there.name]),
        "pakket=ONZIN": sorted([under_way.name, at_rest.name, there.name]),
        "q=bestaat+niet": [],
    }

    for filters, found in expected.items():
        answer = client.get(f"/administraties/?{filters}")
        assert names(answer) == found, filters


def test_pages_go_from_a_to_z_and_back(auditor: User) -> None:
    link_there = make_connection()
    for n in range(60):
        # Three bear the same name, so that the name alone is no key.
        make_administration(link_there, name=f"Firma {n // 3:02}", code=f"F{n}")
    client, seen, url, answers = logged_in(auditor), [], "?", []

    while url:
        answers.append(client.get(f"/administraties/{url}"))
        seen += codes(answers[-1])
        url = link(answers[-1], "next")

    in_order = Administration.objects.order_by("name", "id")
    assert seen == [administration.code for administration in in_order]
    back = client.get(f"/administraties/{link(answers[2], 'prev')}")
    assert codes(back) == codes(answers[1])


def codes(answer: object) -> list[str]:
    text = page_words(answer)
    every = Administration.objects.select_related("environment")
    places = {f"{one.environment.office_code}.{one.code} ": one.code for one in every}
    found = sorted(
        (text.index(place), code) for place, code in places.items() if place in text
    )
    return [code for _place, code in found]


def test_the_list_costs_the_same_with_three_rows_and_with_thirty(
    auditor: User, a_move: MakeMove, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = logged_in(auditor)
    for wanted in (3, 30):
        while Administration.objects.count() < wanted:
            a_move(S.AWAITING_BOOKKEEPING)

        with django_assert_num_queries(LIST_QUERIES):
            client.get("/administraties/")


@pytest.mark.parametrize("key", ["x", "1~\0", "~"])
def test_a_broken_page_key_gives_a_page(auditor: User, key: str) -> None:
    answer = logged_in(auditor).get("/administraties/", {"na": key})

    assert answer.status_code == 200


# --- one administration


def test_the_path_leads_from_the_first_place_to_the_wanted_one(
    agent: User, lead: User, moved: Move
) -> None:
    administration = administration_of(moved)
    wanted = make_move(
        S.AWAITING_APPROVAL, agent=agent, lead=lead, administration=administration
    )
    assert moved.from_environment is not None

    text = page_words(
        logged_in(agent).get(f"/administraties/{administration.public_id}/")
    )

    path = text[
        text.index("Waar ze was, waar ze is") : text.index("Migraties van deze")
    ]
    steps = [
        f"{moved.from_environment.office_code} . {moved.from_code}",
        moved.number,
        f"{administration.environment.office_code} . {administration.code}",
        wanted.number,
        "Gewenst , wacht op akkoord",
        wanted.to_code,
    ]
    path = path.replace(" ", "")
    places = [path.index(step.replace(" ", "")) for step in steps]
    assert places == sorted(places)
    assert f"{wanted.number} is onderweg" in text


def test_somebody_who_may_ask_can_start_from_the_administration(
    agent: User, auditor: User, moved: Move
) -> None:
    path = f"/administraties/{administration_of(moved).public_id}/"

    assert (
        "Nieuwe aanvraag"
        in page_words(logged_in(agent).get(path)).split("Feiten nu")[0]
    )
    offered = f"administratie={administration_of(moved).public_id}"
    assert offered in logged_in(agent).get(path).content.decode()
    assert offered not in logged_in(auditor).get(path).content.decode()


def test_a_closed_administration_says_why(agent: User, a_move: MakeMove) -> None:
    move = a_move(S.IN_DOUBT)
    administration = administration_of(move)

    text = page_words(
        logged_in(agent).get(f"/administraties/{administration.public_id}/")
    )

    closed = administration.closed_by_id is not None
    assert (f"Op slot zolang {move.number} wordt uitgevoerd" in text) is closed
    assert ("Ja, open voor boeken en aanleveren" in text) is not closed


def test_an_address_that_differs_from_the_expected_one_is_told(agent: User) -> None:
    administration = make_administration(mail_address="oud@mailtobasecone.com")

    text = page_words(
        logged_in(agent).get(f"/administraties/{administration.public_id}/")
    )

    assert "Verwacht adres" in text
    assert administration.expected_address in text.replace(" ", "")


def test_an_unknown_administration_is_not_found(agent: User) -> None:
    assert logged_in(agent).get("/administraties/bestaatniet/").status_code == 404


def test_only_readers_of_the_history_get_a_link_to_it(
    agent: User, auditor: User, moved: Move
) -> None:
    path = f"/administraties/{administration_of(moved).public_id}/"

    assert "Alles in de historie" in page_words(logged_in(auditor).get(path))
    assert "Alles in de historie" not in page_words(logged_in(agent).get(path))


def test_the_page_costs_the_same_with_one_move_and_with_many(
    auditor: User,
    agent: User,
    lead: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    administration = make_administration()
    client = logged_in(auditor)
    for _round in range(2):
        for _move in range(3):
            make_move(
                S.COMPLETED,
                agent=agent,
                lead=lead,
                administration=Administration.objects.get(pk=administration.pk),
            )

        with django_assert_num_queries(PAGE_QUERIES):
            client.get(f"/administraties/{administration.public_id}/")


# --- search


def test_a_number_leads_straight_to_its_migration(agent: User, moved: Move) -> None:
    answer = logged_in(agent).get("/zoeken/", {"q": f" {moved.number.lower()} "})

    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/migraties/{moved.number}/",
    )


def test_search_shows_both_who_has_a_code_now_and_who_had_it(
    agent: User, moved: Move
) -> None:
    heir = make_administration(
        moved.from_connection, code=moved.from_code, name="De opvolger"
    )

    answer = logged_in(agent).get("/zoeken/", {"q": moved.from_code})

    assert sorted(names(answer)) == sorted([heir.name, administration_of(moved).name])
    assert "2 resultaten" in page_words(answer)
    assert "voorheen" in page_words(answer)


@pytest.mark.parametrize("ask", ["77", "A1.77", "post77@a1.example"])
def test_who_has_or_had_just_this_comes_first(
    agent: User, moved: Move, monkeypatch: pytest.MonkeyPatch, ask: str
) -> None:
    monkeypatch.setattr(search, "SEARCH_COMMON_FROM", 2)
    office = make_environment(office_code="A1")
    link_there = make_connection(office)
    for n in range(4):
        make_administration(link_there, name=f"Aardbei {n}", code=f"77{n}")
    make_administration(
        link_there, name="Zuurkool", code="77", mail_address="post77@a1.example"
    )

    answer = logged_in(agent).get("/zoeken/", {"q": ask})

    assert names(answer)[0] == "Zuurkool"


def test_what_a_search_finds_by_a_part_stands_by_name(agent: User) -> None:
    for name in ("Zuurkool Voorbeeld", "aardbei voorbeeld", "Peer Voorbeeld"):
        make_administration(name=name)

    answer = logged_in(agent).get("/zoeken/", {"q": "voorbeeld"})

    shown = re.findall(r'class="rowlink"[^>]*>([^<]+)<', answer.content.decode())
    assert shown == ["aardbei voorbeeld", "Peer Voorbeeld", "Zuurkool Voorbeeld"]


def test_who_has_just_this_name_comes_before_longer_names(
    agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SEARCH_COMMON_FROM", 2)
    for name in ("Appel en Peer", "Alle Peren", "Appelpeer", "Peer"):
        make_administration(name=name)

    answer = logged_in(agent).get("/zoeken/", {"q": "peer"})

    shown = re.findall(r'class="rowlink"[^>]*>([^<]+)<', answer.content.decode())
    assert shown[0] == "Peer"


def test_who_had_just_this_code_comes_before_codes_that_begin_so(
    agent: User, moved: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SEARCH_COMMON_FROM", 2)
    left = moved.from_code
    link_there = make_connection()
    for n in range(4):
        make_administration(link_there, name=f"Aardbei {n}", code=f"{left}{n}")

    answer = logged_in(agent).get("/zoeken/", {"q": left})

    assert names(answer)[0] == administration_of(moved).name


def test_nothing_found_says_what_to_try(agent: User) -> None:
    answer = logged_in(agent).get("/zoeken/", {"q": "bestaat niet"})

    assert "Niets gevonden." in page_words(answer)


def test_an_empty_search_is_a_page_with_a_field(agent: User) -> None:
    answer = logged_in(agent).get("/zoeken/")

    assert answer.status_code == 200
    assert "resultaten" not in page_words(answer)


def test_the_palette_gets_lines_to_choose_from(agent: User, moved: Move) -> None:
    administration = administration_of(moved)

    answer = logged_in(agent).get(
        "/zoeken/", {"q": administration.name}, headers={"HX-Request": "true"}
    )

    text = answer.content.decode()
    assert f'data-href="/administraties/{administration.public_id}/"' in text
    assert "<html" not in text


def test_many_results_lead_on_to_the_list(
    agent: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    link_there = make_connection()
    for n in range(25):
        make_administration(link_there, name=f"Firma {n}", code=f"F{n}")
    client = logged_in(agent)

    with django_assert_num_queries(SEARCH_QUERIES):
        answer = client.get("/zoeken/", {"q": "firma"})

    assert "Er zijn er meer." in page_words(answer)
    assert len(names(answer)) == 20


# --- help


def test_help_explains_every_type_state_and_check(auditor: User) -> None:
    text = page_words(logged_in(auditor).get("/hulp/"))

    assert [kind for kind in MoveType if str(kind.label) not in text] == []
    assert [state for state in MoveState if str(state.label) not in text] == []
    assert "Eerst in het boekhoudpakket, dan hier" in text
    assert "%(" not in text


def test_the_day_of_a_place_is_told(agent: User, moved: Move) -> None:
    now = timezone.localtime()

    text = page_words(
        logged_in(agent).get(f"/administraties/{administration_of(moved).public_id}/")
    )

    assert re.search(rf"Nu , sinds {now.day} \w+ {now.year} ", text)
