"""A search finds what people type: without accents, capitals, signs or an order."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Value
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from adminmoves.models import Administration, AdministrationSearch, Environment, Move
from adminmoves.models.keys import Words
from adminmoves.models.search import look_up, search
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import (
    make_administration,
    make_connection,
    make_draft,
    make_environment,
    make_move,
    submit,
)
from tests.overview.people import logged_in, numbers, page_words

pytestmark = pytest.mark.django_db
S, T = MoveState, MoveType
ZERO_WIDTH, NO_BREAK, CURLY = "\u200b", "\u00a0", "\u2019"
FOUND = [
    (f"Café {CURLY}t Hoekje B.V.", "Cafe"),
    (f"Café {CURLY}t Hoekje B.V.", "cafe 't hoekje bv"),
    (f"Café {CURLY}t Hoekje B.V.", "hoekje café"),
    ("Cafe t Hoekje", f"CAFÉ {CURLY}T HOEKJE"),
    ("Müller Techniek", "Muller"),
    ("Muller Techniek", "Müller"),
    ("Jansen B.V.", "Jansen BV"),
    ("Jansen BV", "jansen b.v."),
    ("Jansen BV", "Jansen B V"),
    ("Firma J.C. Voorbeeld V.O.F.", "jc voorbeeld vof"),
    ("Bakker & Zn. B.V.", "Bakker en Zn"),
    ("Bakker en Zn.", "bakker & zn"),
    ("Bakker+Zn", "bakker en zn"),
    (f"O{CURLY}Neill Bouw", "O'Neill"),
    ("O'Neill Bouw", "ONeill"),
    ("Straße Reizen", "strasse"),
    ("Øresund Handel", "oresund"),
    ("Bakkerij Voorbeeld Midden", "bakkerij midden"),
    ("Bakkerij Voorbeeld Midden", "midden,  bakkerij"),
    ("Bakkerij Voorbeeld Midden", f"bakkerij{NO_BREAK}mid{ZERO_WIDTH}den"),
    ("Bakkerij-Midden", "bakkerij midden"),
    ("Bakkerij Midden", "Bakkerij-Midden"),
    ("Grootbakkerij", "bakkerij"),
    ("Groep A B.V.", "groep a bv"),
    ("Groep A B.V.", "Groep A B.V."),
    ("Plan B.V.", "plan bv"),
    ("Zorg 4 U B.V.", "zorg 4 u"),
    ("Jansen B.V. 2", "jansen 2"),
    ("Loods 4 A", "loods 4 a"),
    ("Beheer J.P. B.V.", "beheer bv"),
    ("100% Wol_Winkel", "100%"),
    ("100% Wol_Winkel", "wol_winkel"),
]


def found_by(text: str) -> list[str]:
    return [one.name for one in search(text, 20)[0]]


@pytest.mark.parametrize(("name", "typed"), FOUND)
def test_a_name_is_found_as_people_type_it(name: str, typed: str) -> None:
    connection = make_connection(make_environment(name="Kantoor Elders"))
    make_administration(connection, name=name)
    make_administration(connection, name="Heel iets anders")

    assert found_by(typed) == [name]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "/", "'", ".", "☃", " ", "", "-"])
def test_signs_alone_find_nothing(typed: str) -> None:
    make_administration(name="Firma")

    assert found_by(typed) == []


@pytest.fixture
def known() -> Administration:
    """One of Exact Online, whose codes have no leading zeros; as rows hold it."""
    office = make_environment(office_code="VKN104", name="Kantoor Zuid")
    connection = make_connection(office, package="EXACT_ONLINE")
    return make_administration(
        connection,
        name="Bakkerij Voorbeeld",
        code="14",
        kvk_number="01234567",
        external_id="a7-9000",
        mail_address="vkn104.14@mailtobasecone.com",
    )


@pytest.mark.parametrize(
    "typed",
    [
        "14",
        "00014",
        "vkn104.14",
        "VKN104/14",
        "VKN104 / 14",
        "vkn104.00014",
        "vkn104/00014",
        "VKN104 bakkerij",
        "zuid bakkerij",
        "14 voorbeeld",
        "vkn104.14@mailtobasecone.com",
        "<vkn104.14@mailtobasecone.com>",
        "mailto:VKN104.14@mailtobasecone.com",
        "mailto:vkn104.14@mailtobasecone.com?subject=Factuur",
        "“vkn104.14@mailtobasecone.com”;",
        "vkn104.14@mailtobasecone.com.",
        "(<mailto:vkn104.14@mailtobasecone.com>).",
        "VKN104-14",
        "vkn104-00014.",
        "KvK 01234567",
        "kvk-nummer: 01 23 45 67",
        "K.v.K.nr. 1234567",
        "01234567",
        "1234567",
        "01 23 45 67",
        "01.23.45.67",
        "a7-9000",
    ],
)
def test_a_code_address_or_number_is_found_as_people_paste_it(
    known: Administration, typed: str
) -> None:
    make_administration(name="Heel iets anders", code="99")

    assert found_by(typed) == [known.name]


def test_leading_zeros_count_where_the_package_counts_them() -> None:
    connection = make_connection(package="TWINFIELD")
    make_administration(connection, name="Met nullen", code="0014")
    make_administration(connection, name="Zonder", code="14")

    assert found_by("0014") == ["Met nullen"]
    assert found_by("14") == ["Zonder"]


@pytest.mark.parametrize("typed", ["607", "60", "noord-607", "tw 607", "NOORD"])
def test_a_part_of_a_code_after_a_sign_is_found(typed: str) -> None:
    connection = make_connection(package="TWINFIELD")
    make_administration(connection, name="Met een deel", code="TW-Noord-607")
    make_administration(connection, name="Heel iets anders", code="TW9607")

    assert found_by(typed) == ["Met een deel"]


def test_a_whole_code_comes_before_a_part_of_one() -> None:
    connection = make_connection(package="TWINFIELD")
    for name, code in (("Aaa", "TW-607"), ("Bbb", "6071"), ("Zzz", "607")):
        make_administration(connection, name=name, code=code)

    assert found_by("607") == ["Zzz", "Aaa", "Bbb"]


def test_a_whole_code_is_found_among_more_than_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adminmoves.models.search.SEARCH_COMMON_FROM", 3)
    connection = make_connection(package="TWINFIELD")
    for number in range(20):
        make_administration(connection, name=f"Firma {number}", code=f"A{number}X")
    make_administration(connection, name="Zuivel", code="A")

    assert found_by("a")[0] == "Zuivel"


@pytest.mark.parametrize(
    ("typed", "count"), [("a", 21), ("a firma", 20), ("a zuiv", 1)]
)
def test_a_list_names_all_that_a_common_code_finds(typed: str, count: int) -> None:
    connection = make_connection(package="TWINFIELD")
    for number in range(20):
        make_administration(connection, name=f"Firma {number}", code=f"A{number}X")
    make_administration(connection, name="Zuivel", code="A")

    found = look_up(typed, 3)

    assert found.is_common == (count > 3)
    assert Administration.objects.filter(found.every()).count() == count


def test_a_number_that_was_corrected_is_not_found(known: Administration) -> None:
    Administration.objects.filter(pk=known.pk).update(kvk_number="87654321")

    assert found_by("01234567") == []
    assert found_by("87654321") == [known.name]


def test_a_former_code_is_found_by_the_same_rules(agent: User, lead: User) -> None:
    administration = make_administration(
        make_connection(package="EXACT_ONLINE"), code="812"
    )
    make_move(S.COMPLETED, agent=agent, lead=lead, administration=administration)

    assert found_by("000812") == [administration.name]
    assert found_by(f"{administration.environment.office_code}/0812") == [
        administration.name
    ]


@pytest.fixture
def asked(agent: User) -> Move:
    draft = make_draft(
        agent,
        administration=make_administration(name="Bakkerij Voorbeeld Midden"),
        requester_name="Zoë Voorbeeld-Aanvrager",
        requester_email="zoe@kantoor.example",
        requester_ticket="Case 00123456",
    )
    return submit(draft, agent)


@pytest.mark.parametrize("address", ["/?status=alle", "/zoeken/"])
@pytest.mark.parametrize(
    "typed",
    [
        *("00123456", "case 00123456", "zoe aanvrager", "Aanvrager, Zoë"),
        *("midden bakkerij", "Zoe@kantoor.example", "mailto:ZOE@kantoor.example."),
    ],
)
def test_lists_and_search_find_a_ticket_a_requester_and_all_words(
    agent: User, asked: Move, address: str, typed: str
) -> None:
    make_draft(agent, requester_name="Iemand anders", requester_ticket="Case 777")

    answer = logged_in(agent).get(address, {"q": typed, "status": "alle"}, follow=True)

    assert "Bakkerij Voorbeeld Midden" in page_words(answer)
    assert "Iemand anders" not in page_words(answer)


@pytest.mark.parametrize(
    "short", ["{pk}", "00{pk}", "#{pk}", "M-{year}-{pk}", "m-{year}-0{pk}."]
)
def test_a_short_number_finds_the_migration(
    agent: User, asked: Move, short: str
) -> None:
    year = timezone.localtime(asked.created_at).year
    short = short.format(pk=asked.pk, year=year)
    client = logged_in(agent)

    assert numbers(client.get("/", {"q": short, "status": "alle"})) == [asked.number]
    assert asked.number in page_words(client.get("/zoeken/", {"q": short}, follow=True))


@pytest.mark.parametrize(
    "typed",
    [
        *("case 00123456", "zoe aanvrager", "midden bakkerij", "short number"),
        *("zoe@kantoor.example", "without zeros"),
    ],
)
def test_the_history_finds_a_ticket_a_requester_and_a_short_number(
    auditor: User, asked: Move, typed: str
) -> None:
    year = timezone.localtime(asked.created_at).year
    short = {"short number": f"{asked.pk}", "without zeros": f"M-{year}-{asked.pk}"}
    text = short.get(typed, typed)

    answer = logged_in(auditor).get("/historie/", {"q": text})

    assert asked.number in page_words(answer)


def test_the_pickers_of_the_form_find_by_words(agent: User, asked: Move) -> None:
    office = make_environment(office_code="ZK9", name="Kantoor Zuid & Zoon B.V.")
    client = logged_in(agent)

    administrations = client.get(
        reverse("moves:pick_administration"), {"administration_query": "midden bakk"}
    )
    offices = client.get(
        reverse("moves:pick_office"), {"to_environment_query": "zuid en zoon bv"}
    )

    assert "Bakkerij Voorbeeld Midden" in page_words(administrations)
    assert office.name in page_words(offices)


def test_names_stand_as_dutch_people_sort_them(agent: User) -> None:
    for name in (
        "Zuivel",
        "élan",
        "Eland",
        f"{CURLY}t Hoekje",
        "Appel & Peer",
        "Appel A",
    ):
        make_administration(name=name)

    in_order = list(
        Administration.objects.order_by("name_key").values_list("name", flat=True)
    )

    assert in_order == [
        "Appel A",
        "Appel & Peer",
        "élan",
        "Eland",
        f"{CURLY}t Hoekje",
        "Zuivel",
    ]


def test_another_name_of_the_office_or_administration_is_found_at_once(
    known: Administration,
) -> None:
    Environment.objects.filter(pk=known.environment_id).update(name="Kantoor Noord")
    Administration.objects.filter(pk=known.pk).update(name="Slagerij")

    assert found_by("noord slagerij") == ["Slagerij"]
    assert found_by("bakkerij") == []


def test_many_made_at_once_are_all_found() -> None:
    connection = make_connection()
    Administration.objects.bulk_create(
        Administration(
            connection=connection,
            environment=connection.environment,
            package=connection.package,
            at_place_since=timezone.now(),
            name=f"Stapel {n}",
            code=f"S{n}",
            mail_address=f"s{n}@voorbeeld.example",
        )
        for n in range(30)
    )

    assert AdministrationSearch.objects.count() == 30
    assert found_by("stapel 17") == ["Stapel 17"]


@given(st.text(max_size=60))
def test_words_of_words_are_the_same_words(text: str) -> None:
    """What was compared once may be compared again, such as a name that was copied."""
    without_nul = text.replace("\0", "")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT adminmoves_words(%(t)s), adminmoves_words(adminmoves_words(%(t)s))",
            {"t": without_nul.encode("utf-8", "ignore").decode()},
        )
        [once, twice] = cursor.fetchone() or ("", "-")

    assert once == twice


def test_the_same_text_is_found_by_itself_whatever_its_accents() -> None:
    assert Administration.objects.filter(
        name_key=Words(Value(make_administration(name="Çà et là").name))
    ).exists()
