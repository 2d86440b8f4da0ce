"""What the database refuses is told in words: line, field, remedy; never a trace."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.test import Client
from psycopg2 import extensions

from adminmoves import models
from adminmoves.access import actor_for
from adminmoves.bookkeeping.exact import HOSTS as EXACT_HOSTS
from adminmoves.estate.importing import Watch, import_estate
from adminmoves.estate.sheets import as_address
from adminmoves.models import Administration, BookkeepingConnection, Environment, Move
from adminmoves.models.refusals import BY_REQUEST, CLOSED, REFUSALS, Refusal, refusal_of
from adminmoves.models.sql import FOLDER
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import (
    counting,
    make_administration,
    make_connection,
    make_draft,
    make_environment,
)
from tests.cast import MakeMove
from tests.estate.admin import add, change
from tests.estate.files import BAKERY, LINK, OFFICE, bring_in, estate, faults_of
from tests.intake.pages import as_sent, errors_of, url

pytestmark = pytest.mark.django_db
TWINFIELD = {**LINK, "package": "TWINFIELD", "country": ""}
UNIT4 = {**LINK, "package": "UNIT4", "country": ""}
LONG_KEYS = ["ﷺ" * 6, "½" * 50]
PASTS = ["2147483648", "-1", "1e9"]


@pytest.fixture
def as_keeper(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


# --- too long, too large


@pytest.mark.parametrize("code", LONG_KEYS)
def test_a_code_whose_key_is_too_long_is_told_in_the_file(
    code: str, administrator: User
) -> None:
    [fault] = faults_of(
        estate(administrations=[{**BAKERY, "code": code}]), administrator
    )

    assert fault.startswith("administrations.csv, regel 2, code: Te lang: ")


@pytest.mark.parametrize("code", LONG_KEYS)
def test_a_code_whose_key_is_too_long_is_told_at_its_field(
    code: str, client: Client, agent: User
) -> None:
    client.force_login(agent)
    move = make_draft(agent, MoveType.CHANGE_CODE)

    errors = errors_of(client.post(url(move), as_sent(move, to_code=code)))
    live = client.post(url(move, "controle/"), as_sent(move, to_code=code))

    assert errors["to_code"].startswith("Te lang: ")
    assert live.status_code == 200


@pytest.mark.parametrize("code", LONG_KEYS)
def test_a_code_whose_key_is_too_long_is_told_by_the_page(
    code: str, as_keeper: Client, administrator: User
) -> None:
    bring_in(estate(), administrator)

    errors = change(as_keeper, Administration.objects.get(), code=code)

    assert list(errors) == ["code"]


def test_a_move_to_an_address_that_is_too_long_is_told(
    client: Client, agent: User
) -> None:
    client.force_login(agent)
    domain = ".".join(["a" * 60] * 3) + ".abcdefghij.nl"
    office = make_environment(office_code="A" * 100, mail_domain=domain)
    models.PackageProfile.objects.update(code_pattern="[!-~]{1,100}")
    move = make_draft(
        agent,
        MoveType.CHANGE_CODE,
        administration=make_administration(make_connection(office)),
    )

    errors = errors_of(client.post(url(move), as_sent(move, to_code="B" * 100)))

    assert errors == {
        "to_code": (
            "Het e-mailadres zou langer worden dan 320 tekens. Laat een beheerder de "
            "administratie een korte eigen code voor het adres geven."
        )
    }


def test_a_code_with_a_null_is_told_at_its_field(client: Client, agent: User) -> None:
    client.force_login(agent)
    move = make_draft(agent, MoveType.CHANGE_CODE)

    errors = errors_of(client.post(url(move), as_sent(move, to_code="A\0B")))

    assert errors["to_code"].startswith("Teken 2 kan niemand zien (U+0000).")


def test_an_address_that_is_too_long_is_told(administrator: User) -> None:
    domain = ".".join(["a" * 60] * 3) + ".nl"
    office = {**OFFICE, "office_code": "A" * 100, "mail_domain": domain}
    files = estate([office], [UNIT4], [{**BAKERY, "code": "B" * 100}])

    faults = faults_of(files, administrator)

    assert [line.split(": ")[0] for line in faults] == [
        "administrations.csv, regel 2, code"
    ]
    wide = {**BAKERY, "mail_address": f"{'a' * 320}.b@kantoor.example"}
    [fault] = faults_of(estate(administrations=[wide]), administrator)
    assert fault.startswith("administrations.csv, regel 2, mail_address: ")


@pytest.mark.parametrize("count", PASTS)
def test_a_count_past_its_range_is_told_in_the_file(
    count: str, administrator: User
) -> None:
    [fault] = faults_of(
        estate(administrations=[{**BAKERY, "documents": count}]), administrator
    )

    assert fault.startswith("administrations.csv, regel 2, documents: ")


@pytest.mark.parametrize("count", PASTS)
def test_a_count_past_its_range_is_told_at_its_field(
    count: str, as_keeper: Client, agent: User, a_move: MakeMove, administrator: User
) -> None:
    bring_in(estate([OFFICE], [LINK], [BAKERY]), administrator)
    answers = {
        **{name: BAKERY[name] for name in ("name", "documents_unprocessed")},
        "code": "999",
        "connection": BookkeepingConnection.objects.get().pk,
        "documents": count,
        "documents_awaiting_authorisation": "0",
    }
    assert "documents" in add(as_keeper, Administration, **answers)

    move = a_move(MoveState.AWAITING_APPROVAL)
    as_keeper.force_login(agent)
    counted = counting(move, documents=count, ticket="SUP-1")
    page = as_keeper.post(
        f"/migraties/{move.number}/tellen/",
        {
            **counted,
            "documents_unprocessed": count,
            "documents_awaiting_authorisation": count,
        },
    )
    assert page.status_code < 500
    assert Move.objects.get(pk=move.pk).administration == move.administration


# --- what a package does not have

CONNECTIONS = [
    ({**TWINFIELD, "country": "NL"}, "country"),
    ({**LINK, "country": "XX"}, "country"),
    ({**LINK, "base_url": "https://api.example/v1"}, "base_url"),
    ({**UNIT4, "base_url": "http://api.example/v1"}, "base_url"),
    ({**UNIT4, "proof": "API"}, "base_url"),
    ({**UNIT4, "base_url": "https://api.multivers.nl"}, "base_url"),
    ({**UNIT4, "base_url": "https://a:b@api.multivers.nl/V22"}, "base_url"),
    ({**UNIT4, "base_url": "https://127.0.0.1/V1"}, "base_url"),
]


@pytest.mark.parametrize(("row", "column"), CONNECTIONS)
def test_a_connection_has_only_what_its_package_has(
    row: dict[str, str], column: str, as_keeper: Client, administrator: User
) -> None:
    faults = faults_of(estate([OFFICE], [row], [BAKERY]), administrator)
    assert next(line.split(": ")[0] for line in faults) == (
        f"connections.csv, regel 2, {column}"
    )

    office = Environment.objects.create(office_code="VKN104", name="Noord")
    answers = {**row, "environment": office.pk, "demand": row["proof"]}
    assert list(add(as_keeper, BookkeepingConnection, **answers)) == [column]


FACTS = [
    ("country", {"package": "TWINFIELD", "country": "NL"}),
    ("country", {"package": "EXACT_ONLINE", "country": "XX"}),
    ("base_url", {"package": "TWINFIELD", "base_url": "https://api.example/v1"}),
    ("base_url", {"package": "UNIT4", "base_url": "https://a:b@api.example/v1"}),
    ("base_url", {"package": "UNIT4", "base_url": "http://api.example/v1"}),
    ("base_url", {"package": "UNIT4", "base_url": "", "demand": "API"}),
]


def test_the_database_holds_what_a_package_has(owner: extensions.connection) -> None:
    connection = make_connection(package="ACCOUNTVIEW")
    found = BookkeepingConnection.objects.filter(pk=connection.pk)
    for field, facts in FACTS:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            found.update(**facts)
        assert refusal_of(refused.value).field == field
        with pytest.raises(IntegrityError), transaction.atomic():
            make_connection(connection.environment, **facts)
    for country in EXACT_HOSTS:
        assert found.update(package="EXACT_ONLINE", country=country) == 1

    # What was stored before is put out of use, also where it is used.
    table = "ALTER TABLE adminmoves_bookkeepingconnection"
    with owner.cursor() as cursor:
        cursor.execute(f"{table} DISABLE TRIGGER guard_facts")
        cursor.execute("UPDATE adminmoves_bookkeepingconnection SET country = 'XX'")
        cursor.execute(f"{table} ENABLE TRIGGER guard_facts")
    make_administration(found.get())
    assert found.update(is_active=False) == 1


def test_a_host_that_is_not_asked_is_told(
    as_keeper: Client, administrator: User
) -> None:
    connection = {**UNIT4, "base_url": "https://boeken.example/api", "proof": "API"}
    faults: list[str] = []
    import_estate(
        estate([OFFICE], [connection], [BAKERY]),
        actor=actor_for(administrator),
        watch=Watch(warn=lambda fault: faults.append(str(fault))),
    )
    assert [line.split(": ")[0] for line in faults] == [
        "connections.csv, regel 2, base_url"
    ]

    change(as_keeper, BookkeepingConnection.objects.get(), is_active=False)
    page = as_keeper.get("/beheer/").content.decode()
    assert "Het portaal vraagt deze server niet om bewijs." in page


@pytest.mark.parametrize(
    "address",
    [
        "<vkn104.411@mail.example>",
        "vkn104.411@mail.example>",
        "mailto:vkn104.411@mail.example",
        "vkn104.411@mail.example.",
        "vkn104.411@mail",
        "vkn104..411@mail.example",
        ".vkn104@mail.example",
        "vkn104.411@mail_x.example",
    ],
)
def test_a_pasted_address_is_no_address(address: str) -> None:
    with pytest.raises(ValidationError):
        as_address(address)


def test_an_address_has_the_signs_of_its_code() -> None:
    assert as_address("VKN104.NL/A&B@mail.example") == "vkn104.nl/a&b@mail.example"


@pytest.mark.parametrize("code", ["a@b", 'a"b', "a;b", "a" * 17, "é"])
def test_a_code_that_its_package_does_not_have_is_told(
    code: str, as_keeper: Client, administrator: User
) -> None:
    quoted = '"' + code.replace('"', '""') + '"'
    rows = [OFFICE], [TWINFIELD], [{**BAKERY, "code": quoted}]
    [fault] = faults_of(estate(*rows), administrator)
    assert fault.startswith(
        "administrations.csv, regel 2, code: Twinfield heeft zulke codes niet."
    )

    bring_in(estate([OFFICE], [TWINFIELD], [BAKERY]), administrator)
    assert list(change(as_keeper, Administration.objects.get(), code=code)) == ["code"]


# --- every rule of the database has its words


def test_every_rule_of_the_estate_has_a_sentence() -> None:
    estate_models = (
        models.Environment,
        models.BookkeepingConnection,
        models.Administration,
    )
    more = (models.Freeze, models.ExecutionWindow, models.ApprovalLoan)
    names = {
        rule.name
        for noun in (*estate_models, *more, models.CheckSeverity)
        for rule in noun._meta.constraints  # noqa: SLF001 - documented by Django
    }
    sql = (Path(FOLDER) / "estate_guards.sql").read_text("utf-8")
    names |= set(re.findall(r"CONSTRAINT = '(\w+)'", sql))
    sql = (Path(FOLDER) / "connection_facts.sql").read_text("utf-8")
    names |= set(re.findall(r"'(connection_\w+)'", sql))

    # What composite keys point to is unique with every id.
    assert names - set(REFUSALS) == {"connection_identity"}


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (
            (
                "INSERT INTO adminmoves_checkseverity (check_code, move_type, severity)"
                " VALUES (repeat('a', 61), '', '')"
            ),
            "Een tekst is te lang.",
        ),
        ("SELECT '99999999999'::bigint::int", "Een getal is te groot."),
        ("SELECT '20260230'::date", "Het jaar kan niet kloppen."),
        ("SELECT '294277-01-01'::timestamptz", "Het jaar kan niet kloppen."),
    ],
)
def test_what_no_rule_of_ours_names_is_told_too(statement: str, sentence: str) -> None:
    with (
        pytest.raises(DataError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert str(refusal_of(refused.value)).startswith(sentence)


@pytest.mark.parametrize(
    ("rule", "sentence", "refusal"),
    [
        ("archive_closed", "in other words", CLOSED),
        (
            "administration_place_guard",
            "the administration is closed for a move",
            CLOSED,
        ),
        (
            "administration_place_guard",
            "the running move wants another place",
            BY_REQUEST,
        ),
    ],
)
def test_a_closed_administration_is_seen_by_its_rule(
    rule: str, sentence: str, refusal: Refusal
) -> None:
    with (
        pytest.raises(IntegrityError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT adminmoves_refuse(%s, %s)", [sentence, rule])

    assert refusal_of(refused.value) == refusal
