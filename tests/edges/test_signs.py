"""Signs that nobody sees: no door takes them into a code or a name."""

import unicodedata
from collections.abc import Sequence
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from psycopg2 import extensions

from adminmoves.cleaning import is_unseen, strip_paste
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    Freeze,
    Move,
    Parties,
)
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import make_draft
from tests.cast import MakeMove
from tests.edges.values import UNSEEN
from tests.estate.admin import add, change
from tests.estate.files import (
    BAKERY,
    LINK,
    OFFICE,
    Cells,
    bring_in,
    estate,
    faults_of,
)
from tests.intake.pages import as_sent, errors_of, url

pytestmark = pytest.mark.django_db
SIGNS = list(UNSEEN.values())
SOME = pytest.mark.parametrize(
    "sign", ["\u200b", "\u00ad", "\u00a0", "\u3164", "\U000e0061"]
)
"""One of each kind, for doors that are slow."""
HELD: dict[type[Model], list[str]] = {
    Administration: ["code", "name", "external_id", "mail_code", "mail_address"],
    Environment: ["name", "mail_domain"],
    BookkeepingConnection: ["package_environment"],
    Freeze: ["name"],
    Move: ["to_code"],
    Parties: [
        *("requester_name", "requester_ticket", "consent_name", "consent_ticket"),
        *("moved_said_by", "moved_ticket"),
    ],
}


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


@pytest.fixture
def as_keeper(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def test_the_database_sees_what_python_sees() -> None:
    every = [
        chr(number)
        for number in (
            *range(1, 0x20000),
            *range(0xDFFF0, 0xE2000),
            *range(0xEFFF0, 0xF0010),
            *range(0x10FFF0, 0x110000),
        )
        if unicodedata.category(chr(number)) != "Cs"
    ]
    unseen = [sign for sign in every if is_unseen(sign)]
    seen = "".join(sign for sign in every if not is_unseen(sign))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT adminmoves_is_seen(%s), adminmoves_is_seen(NULL),"
            " bool_or(adminmoves_is_seen(sign)) FROM unnest(%s) AS sign",
            [seen, unseen],
        )
        assert cursor.fetchone() == (True, True, False)
    assert set(SIGNS) <= set(unseen)


def test_no_file_brings_one(administrator: User) -> None:
    rows: dict[str, Cells] = {
        "environments": OFFICE,
        "connections": {**LINK, "package": "TWINFIELD", "country": ""},
        "administrations": BAKERY,
    }
    columns = [
        ("environments", "name"),
        ("connections", "package_environment"),
        *(("administrations", column) for column in ("code", "name", "external_id")),
    ]
    for file, column in columns:
        wrong = [
            {**rows[file], "id": f"x{place}", column: f"A{sign}B1"}
            for place, sign in enumerate(SIGNS)
        ]
        given: dict[str, Sequence[Cells]] = {name: [row] for name, row in rows.items()}
        given[file] = wrong

        faults = faults_of(estate(*given.values()), administrator)

        for line, sign in enumerate(SIGNS, 2):
            [fault] = [
                one
                for one in faults
                if one.startswith(f"{file}.csv, regel {line}, {column}: ")
            ]
            is_control = unicodedata.category(sign) == "Cc"
            assert f"Teken 2 kan niemand zien (U+{ord(sign):04X}" in fault or is_control
    assert not Environment.objects.exists()


@pytest.mark.parametrize("sign", ["\u200b", "\ufeff", "\u00a0", "\u2800"])
def test_the_ends_of_a_cell_are_as_of_a_field(sign: str, administrator: User) -> None:
    code, name = f"{sign}411{sign}", f" {sign}Bakkerij{sign} "

    bring_in(
        estate(administrations=[{**BAKERY, "code": code, "name": name}]), administrator
    )

    assert Administration.objects.values_list("code", "name").get() == (
        "411",
        "Bakkerij",
    )


@SOME
def test_no_page_of_an_administrator_takes_one(
    sign: str, as_keeper: Client, administrator: User
) -> None:
    bring_in(estate(), administrator)
    text = f"A{sign}B1"
    for subject, columns in (
        (Environment.objects.get(), ["name"]),
        (BookkeepingConnection.objects.get(), ["package_environment"]),
        (Administration.objects.get(), ["code", "external_id", "name"]),
    ):
        errors = change(as_keeper, subject, **dict.fromkeys(columns, text))
        assert sorted(errors) == columns
        assert all(
            "Typ het opnieuw" in " ".join(messages) for messages in errors.values()
        )
    freeze = {"name": text, "starts_at": "2026-12-01T10:00"}
    assert list(add(as_keeper, Freeze, **freeze)) == ["name"]
    person = dict.fromkeys(("username", "first_name", "last_name"), text)
    assert set(add(as_keeper, User, **person)) >= set(person)


@SOME
def test_no_field_of_a_draft_takes_one(
    sign: str, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, MoveType.CHANGE_CODE)
    texts = {
        **dict.fromkeys(("to_code", "requester_name", "requester_ticket"), f"A{sign}B"),
        "requester_email": f"a@kan{sign}toor.example",
    }

    errors = errors_of(as_agent.post(url(move), as_sent(move, **texts)))

    assert {name: "kan niemand zien" in errors.get(name, "") for name in texts} == (
        dict.fromkeys(texts, True)
    )
    assert errors["to_code"].endswith("Typ het opnieuw, zonder dat teken: AB")


@SOME
def test_a_paste_leaves_nothing_at_the_ends(
    sign: str, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, MoveType.CHANGE_CODE)
    answers = as_sent(move)
    around = {
        name: f"{sign} {answers[name]} {sign}"
        for name in ("to_code", "requester_name", "requester_ticket")
    }

    as_agent.post(url(move), {**answers, **around})

    stored = Move.objects.get(pk=move.pk)
    assert stored.to_code == answers["to_code"]
    assert stored.parties.requester_name == answers["requester_name"]
    assert stored.parties.requester_ticket == answers["requester_ticket"]


def test_no_statement_of_the_app_role_writes_one(a_move: MakeMove) -> None:
    a_move(MoveState.DRAFT)
    Freeze.objects.create(name="Aangifte", starts_at="2026-12-01T10:00Z")
    taken = [
        (model, column, sign)
        for model, columns in HELD.items()
        for column in columns
        for sign in SIGNS
        if not is_refused(model, column, sign)
    ]

    assert taken == []


def is_refused(model: type[Model], column: str, sign: str) -> bool:
    try:
        with transaction.atomic():
            assert model._default_manager.update(**{column: f"a{sign}b1"})  # noqa: SLF001 - Django's documented API
    except IntegrityError:
        return True
    return False


def test_no_model_is_clean_with_one(a_move: MakeMove) -> None:
    a_move(MoveState.DRAFT)
    Freeze.objects.create(name="Aangifte", starts_at="2026-12-01T10:00Z")
    for model, columns in HELD.items():
        subject = model._default_manager.get()  # noqa: SLF001 - Django's documented API
        for sign in SIGNS:
            for column in columns:
                setattr(subject, column, f"A{sign}B1")
            with pytest.raises(ValidationError) as refused:
                subject.clean_fields(exclude={"state"})
            assert set(refused.value.message_dict) >= set(columns)


def test_what_was_stored_before_stays_and_can_be_mended(
    a_move: MakeMove, owner: extensions.connection
) -> None:
    administration = a_move(MoveState.DRAFT).administration
    assert administration
    table = "ALTER TABLE adminmoves_administration"
    with owner.cursor() as cursor:
        cursor.execute(f"{table} DISABLE TRIGGER guard_signs")
        cursor.execute("UPDATE adminmoves_administration SET name = 'Bak\u200bkerij'")
        cursor.execute(f"{table} ENABLE TRIGGER guard_signs")
    stored = Administration.objects.filter(pk=administration.pk)

    assert stored.update(documents=1000, name="Bak\u200bkerij") == 1
    assert stored.update(name="Bakkerij") == 1


@pytest.mark.parametrize("name", ["a\u200bb", "a b", "a\u3164b", "a" * 151])
def test_nobody_is_appointed_under_such_a_name(name: str) -> None:
    with pytest.raises(CommandError):
        call_command("appoint", name, "ADMINISTRATOR", stdout=StringIO())
    assert not User.objects.exists()


@given(st.text(max_size=30))
def test_what_is_left_of_a_paste_begins_and_ends_with_ink(text: str) -> None:
    left = strip_paste(text)

    assert left in text
    assert not any(is_unseen(sign) or sign.isspace() for sign in left[:1] + left[-1:])
    assert strip_paste(left) == left


# --- dashes


@pytest.mark.parametrize("dash", ["\u2013", "\u2011"])
def test_every_door_makes_an_odd_dash_plain(
    dash: str, as_keeper: Client, administrator: User, agent: User
) -> None:
    connection = {**LINK, "package": "UNIT4", "country": ""}
    administration = {**BAKERY, "code": f"A{dash}1"}
    bring_in(
        estate(connections=[connection], administrations=[administration]),
        administrator,
    )
    stored = Administration.objects.get()
    assert stored.code == "A-1"

    assert change(as_keeper, stored, code=f"a{dash}1") == {}
    stored.refresh_from_db()
    assert stored.code == "a-1"

    stored.code = f"A{dash}1"
    stored.clean_fields()
    assert stored.code == "A-1"

    move = make_draft(agent, MoveType.CHANGE_CODE)
    as_keeper.force_login(agent)
    as_keeper.post(url(move), as_sent(move, to_code=f"B{dash}2"))
    move.refresh_from_db()
    assert move.to_code == "B-2"


def test_a_ticket_number_has_spaces(as_agent: Client, agent: User) -> None:
    move = make_draft(agent)

    as_agent.post(url(move), as_sent(move, requester_ticket=" Case 00123456 "))

    assert Move.objects.get(pk=move.pk).parties.requester_ticket == "Case 00123456"
