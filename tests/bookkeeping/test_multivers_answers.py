"""Multivers' answers as text: always a verdict, and never a code that is not there."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given

from adminmoves.bookkeeping import multivers
from adminmoves.bookkeeping.answers import Evidence
from adminmoves.bookkeeping.http import HttpAnswer
from adminmoves.bookkeeping.multivers import DETAILS, INFO_LIST, NAMES_LIST, Multivers
from adminmoves.models import BookkeepingConnection, ConnectionList
from adminmoves.vocabulary import Package, Verdict
from tests.bookkeeping.any_json import MANY, any_json, gone_wrong
from tests.bookkeeping.scripted import Script, answer_with, seen, session_with
from tests.builders import make_connection

pytestmark = pytest.mark.django_db
V = Verdict
ADAPTER = Multivers()
ROW: dict[str, Any] = {
    "administrationId": "MVL00124",
    "backupDate": "2026-11-20T22:15:00",
    "code": "411",
    "description": "Bakkerij Voorbeeld B.V.",
    "groupId": 1,
    "onlineState": 0,
    "previousOnlineState": 0,
    "reportPath": "",
    "shortName": "Voorbeeld",
    "users": ["SYSTEEM", "GEBRUIKER"],
    "version": 1092,
}
INSIDE: dict[str, Any] = {
    "administrationCode": "411",
    "administrationDescription": "Bakkerij Voorbeeld B.V.",
    "cocRegistration": "90000001",
    "personIdsOfCurrentUser": ["GEBRUIKER"],
}
VALUES = any_json((*ROW, *INSIDE, "messages"), ("411", 411, " 411", "412", "MVL00124"))


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> BookkeepingConnection:
    monkeypatch.setattr(multivers, "PAUSE_SECONDS", 0)
    return make_connection(
        package=Package.UNIT4, base_url="https://api.multivers.nl/V22"
    )


def look(
    connection: BookkeepingConnection, code: str = "411", **answers: HttpAnswer
) -> tuple[Evidence, Script]:
    script = Script(answers)
    return seen(ADAPTER, session_with(ADAPTER, connection, script), code), script


def verdict_of(
    connection: BookkeepingConnection,
    rows: object,
    inside: object = INSIDE,
    code: str = "411",
) -> Evidence:
    answers = {INFO_LIST: answer_with(rows), DETAILS: answer_with(inside)}
    return look(connection, code, **answers)[0]


def test_only_json_is_asked_for(connection: BookkeepingConnection) -> None:
    _evidence, script = look(connection, AdministrationInfoList=answer_with([ROW]))
    for request in script.requests:
        assert (request.method, request.headers["Accept"]) == (
            "GET",
            "application/json",
        )
        assert request.headers["Authorization"] == "Bearer AT-EXAMPLE"
    assert [request.url for request in script.requests] == [
        "https://api.multivers.nl/V22/api/AdministrationInfoList",
        "https://api.multivers.nl/V22/api/MVL00124/CompanyDetailsInfo",
    ]


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("411", {"code": "411"}),
        (" 411", {"code": "411 "}),
        ("411", {"code": 411}),
        ("kor-1", {"code": "KOR-1"}),
        ("mvl00124", {"code": "900"}),
        ("MVL00124", {"code": None}),
    ],
)
def test_an_administration_is_known_by_its_code_or_its_database(
    connection: BookkeepingConnection, code: str, row: Mapping[str, Any]
) -> None:
    inside = INSIDE | {"administrationCode": row["code"] or "411"}
    evidence = verdict_of(connection, [{**ROW, **row}], inside, code)
    assert (evidence.verdict, evidence.external_id) == (V.FOUND_ACTIVE, "MVL00124")


@pytest.mark.parametrize("code", ["", " ", "0411", "41", "4111", "124"])
def test_what_only_looks_like_it_is_not_found(
    connection: BookkeepingConnection, code: str
) -> None:
    rows = [ROW, {"administrationId": "MVL00125", "description": "Zonder code"}]
    assert verdict_of(connection, rows, code=code).verdict == V.NOT_FOUND_OR_NO_ACCESS


def test_a_code_goes_before_a_database_of_the_same_name(
    connection: BookkeepingConnection,
) -> None:
    other = {**ROW, "administrationId": "411", "code": "900"}
    evidence = verdict_of(connection, [other, ROW])
    assert (evidence.verdict, evidence.external_id) == (V.FOUND_ACTIVE, "MVL00124")


def test_two_with_one_code_are_for_a_person(connection: BookkeepingConnection) -> None:
    rows = [ROW, {**ROW, "administrationId": "MVL00125"}]
    assert verdict_of(connection, rows).verdict == V.AMBIGUOUS


def test_a_database_that_says_another_code_is_for_a_person(
    connection: BookkeepingConnection,
) -> None:
    evidence = verdict_of(connection, [ROW], INSIDE | {"administrationCode": "900"})
    assert evidence.verdict == V.AMBIGUOUS
    assert evidence.raw_status["details_code"] == "900"


@pytest.mark.parametrize("database", ["../x", "x?y=1", "x/OAuth", "MVL\n1", "é", ""])
def test_no_other_address_is_made_of_a_database_id(
    connection: BookkeepingConnection, database: str
) -> None:
    rows = answer_with([{**ROW, "administrationId": database}])
    _evidence, script = look(connection, AdministrationInfoList=rows)

    endpoints = ADAPTER.endpoints(connection)
    urls = [request.url for request in script.requests if DETAILS in request.url]
    assert len(urls) == 1
    assert not [each for each in endpoints if each.admits("GET", urlsplit(urls[0]))]


@pytest.mark.parametrize("state", [0, 1, 7, "Unknown", None])
def test_the_online_state_decides_nothing(
    connection: BookkeepingConnection, state: object
) -> None:
    evidence = verdict_of(connection, [{**ROW, "onlineState": state}])
    assert evidence.verdict == V.FOUND_ACTIVE
    assert evidence.raw_status == {"onlineState": "" if state is None else str(state)}


def test_the_light_list_is_the_way_when_there_is_no_other(
    connection: BookkeepingConnection,
) -> None:
    names = answer_with([{"name": "MVL00124", "value": "Bakkerij Voorbeeld B.V."}])
    answers = {NAMES_LIST: names, DETAILS: answer_with(INSIDE)}

    evidence, _script = look(connection, "411", **answers)

    seen_now = (evidence.verdict, evidence.code, evidence.name, evidence.endpoint)
    assert seen_now == (V.FOUND_ACTIVE, "411", "Bakkerij Voorbeeld B.V.", NAMES_LIST)
    evidence, _script = look(connection, "412", **answers)
    assert (evidence.verdict, evidence.raw_status) == (
        V.NOT_FOUND_OR_NO_ACCESS,
        {"reason": "codes_unknown"},
    )


def test_only_so_many_databases_of_the_light_list_are_opened(
    connection: BookkeepingConnection,
) -> None:
    names = [{"name": f"MVL{number}", "value": "Voorbeeld"} for number in range(50)]
    evidence, script = look(connection, "MVL49", AdministrationNVL=answer_with(names))

    opened = [request for request in script.requests if DETAILS in request.url]
    assert len(opened) == multivers.MOST_OPENED + 1
    assert evidence.raw_status == {"details": "not_found"}
    unknown, _script = look(connection, "411", AdministrationNVL=answer_with(names))
    assert (unknown.verdict, unknown.raw_status) == (
        V.UNAVAILABLE,
        {"reason": "codes_unknown"},
    )


def test_a_version_that_is_gone_is_for_an_administrator(
    connection: BookkeepingConnection,
) -> None:
    evidence, _script = look(connection)
    assert (evidence.verdict, evidence.raw_status) == (
        V.CONFIG_ERROR,
        {"reason": "not_found"},
    )


def test_messages_instead_of_a_list_are_no_list(
    connection: BookkeepingConnection,
) -> None:
    messages = {"messages": [{"Message": "Voorbeeld", "messageType": "Error"}]}
    assert verdict_of(connection, messages).verdict == V.UNAVAILABLE


@MANY
@given(rows=VALUES, inside=VALUES)
def test_any_json_is_a_verdict(
    connection: BookkeepingConnection, rows: object, inside: object
) -> None:
    _holds(connection, rows, inside)


@MANY
@given(
    rows=gone_wrong([ROW, {**ROW, "code": "900", "administrationId": "X"}], VALUES),
    inside=gone_wrong(INSIDE, VALUES),
)
def test_a_good_answer_gone_wrong_is_a_verdict(
    connection: BookkeepingConnection, rows: object, inside: object
) -> None:
    _holds(connection, rows, inside)


def _holds(connection: BookkeepingConnection, rows: Any, inside: object) -> None:
    evidence = verdict_of(connection, rows, inside)
    if evidence.verdict == V.FOUND_ACTIVE:
        # By its code or by the id of its database; one row comes without a list, too.
        each = rows if isinstance(rows, list) else [rows]
        keys = ("code", "administrationId")
        assert "411" in {str(row.get(key)).strip() for row in each for key in keys}
        own = inside.get("administrationCode") if isinstance(inside, dict) else None
        assert own == "411" or not (isinstance(own, str) and own.isdecimal())
    rows = ConnectionList.objects.filter(connection=connection).values_list(
        "rows", flat=True
    )
    assert "GEBRUIKER" not in f"{list(rows)}{evidence}"
