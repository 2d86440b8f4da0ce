"""AccountView's answers as text: a company is found, one of its years never is."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given

from adminmoves.bookkeeping.accountview import (
    COMPANIES,
    DATA,
    SYSTEM_DATA,
    AccountView,
)
from adminmoves.bookkeeping.answers import Evidence
from adminmoves.bookkeeping.http import HttpAnswer
from adminmoves.models import BookkeepingConnection
from adminmoves.vocabulary import Package, Verdict
from tests.bookkeeping.any_json import MANY, any_json, gone_wrong
from tests.bookkeeping.scripted import Script, answer_with, seen, session_with
from tests.builders import make_connection

pytestmark = pytest.mark.django_db
V = Verdict
ADAPTER = AccountView()
ID = "0f000000-0000-0000-0000-000000000001"
COMPANY = {"Id": ID, "Code": "KORENAAR", "Description": "Bakkerij Voorbeeld B.V."}
HEADER = {"COMP_ID": "KORENAAR", "COMP_DESC": "Bakkerij", "KVK_NR": "90000001"}
YEAR = {"ADM_CODE": "KOREN26", "ADM_DESC": "2026", "ADM_ARCH": True, "ATS_YEAR": "2026"}
ERROR = {
    "ErrorType": "AccountViewError",
    "ErrorNumbers": None,
    "ErrorMessage": "De onderneming is niet beschikbaar.",
}
VALUES = any_json(
    (*COMPANY, *HEADER, *YEAR, *ERROR, "COMP_HDR", "ADM_LIST"),
    ("KORENAAR", "korenaar ", "KOREN26", ID),
)


@pytest.fixture
def connection() -> BookkeepingConnection:
    return make_connection(package=Package.ACCOUNTVIEW)


def look(
    connection: BookkeepingConnection, code: str = "KORENAAR", **answers: HttpAnswer
) -> tuple[Evidence, Script]:
    script = Script(answers)
    return seen(ADAPTER, session_with(ADAPTER, connection, script), code), script


def verdict_of(
    connection: BookkeepingConnection,
    companies: object,
    data: object = None,
    system_data: object = None,
    code: str = "KORENAAR",
) -> Evidence:
    answers = {
        COMPANIES: answer_with(companies),
        DATA: answer_with(data or {"COMP_HDR": [HEADER]}),
        SYSTEM_DATA: answer_with(system_data or {"ADM_LIST": [YEAR]}),
    }
    return look(connection, code, **answers)[0]


def test_only_reading_is_asked_for(connection: BookkeepingConnection) -> None:
    assert ADAPTER.oauth(connection).scope == "readaccountviewdata"
    _evidence, script = look(connection, Companies=answer_with([COMPANY]))
    [first, second] = script.requests
    assert (first.url, first.headers) == (
        "https://www.accountview.net/api/v3/Companies",
        {"Accept": "application/json", "Authorization": "Bearer AT-EXAMPLE"},
    )
    assert second.headers["X-Company"] == ID
    assert second.url.endswith("&Fields=COMP_ID%2CCOMP_DESC%2CKVK_NR")


@pytest.mark.parametrize("code", ["KORENAAR", "korenaar", " Korenaar "])
@pytest.mark.parametrize("content", [[COMPANY], COMPANY])
def test_a_company_is_found_alone_or_in_a_list(
    connection: BookkeepingConnection, content: object, code: str
) -> None:
    evidence = verdict_of(connection, content, code=code)
    assert (evidence.verdict, evidence.external_id) == (V.FOUND_ACTIVE, ID)
    assert evidence.kvk_number == "90000001"


@pytest.mark.parametrize("code", ["", "KORENAA", "KORENAAR2", "0F000000", ID])
def test_what_only_looks_like_it_is_not_found(
    connection: BookkeepingConnection, code: str
) -> None:
    evidence = verdict_of(connection, [COMPANY, {"Id": "2"}], code=code)
    assert (evidence.verdict, evidence.raw_status) == (V.NOT_FOUND_OR_NO_ACCESS, {})


def test_two_companies_with_one_code_are_for_a_person(
    connection: BookkeepingConnection,
) -> None:
    assert (
        verdict_of(connection, [COMPANY, {**COMPANY, "Id": "2"}]).verdict == V.AMBIGUOUS
    )


@pytest.mark.parametrize("table", [[HEADER], HEADER])
def test_a_company_header_may_come_alone(
    connection: BookkeepingConnection, table: object
) -> None:
    evidence = verdict_of(connection, [COMPANY], {"COMP_HDR": table})
    assert (evidence.kvk_number, evidence.raw_status) == ("90000001", {})


def test_the_number_of_another_company_is_not_taken(
    connection: BookkeepingConnection,
) -> None:
    other = {"COMP_HDR": [{**HEADER, "COMP_ID": "MOLEN"}]}
    evidence = verdict_of(connection, [COMPANY], other)
    assert (evidence.verdict, evidence.kvk_number) == (V.FOUND_ACTIVE, "")
    assert evidence.raw_status == {"details": "no_company"}


@pytest.mark.parametrize("table", [[YEAR], YEAR])
def test_the_code_of_a_year_is_a_hint(
    connection: BookkeepingConnection, table: object
) -> None:
    evidence = verdict_of(
        connection, [COMPANY], system_data={"ADM_LIST": table}, code="koren26"
    )
    assert evidence.verdict == V.NOT_FOUND_OR_NO_ACCESS
    assert evidence.raw_status == {
        "reason": "yearly_administration",
        "year": "2026",
        "archived": True,
    }


@pytest.mark.parametrize("strange", ["x\r\nX-Evil: 1", "é", "a b", ""])
def test_no_strange_id_goes_into_a_header(
    connection: BookkeepingConnection, strange: str
) -> None:
    evidence, script = look(
        connection, Companies=answer_with([{**COMPANY, "Id": strange}])
    )
    assert (evidence.verdict, len(script.requests)) == (V.FOUND_ACTIVE, 1)
    assert evidence.raw_status == {"details": "company_id"}


@pytest.mark.parametrize(
    "content",
    [
        ERROR,
        {"ErrorType": "AccountViewError", "ErrorMessage": ""},
        {"ErrorMessage": "Onbekend."},
        {**COMPANY, **ERROR},
        {},
        [{}],
        ["KORENAAR"],
        "KORENAAR",
        None,
    ],
)
def test_an_error_is_no_list_whatever_its_status(
    connection: BookkeepingConnection, content: object
) -> None:
    assert verdict_of(connection, content).verdict == V.UNAVAILABLE


@MANY
@given(companies=VALUES, data=VALUES, system_data=VALUES)
def test_any_json_is_a_verdict(
    connection: BookkeepingConnection,
    companies: object,
    data: object,
    system_data: object,
) -> None:
    _holds(connection, companies, data, system_data)


@MANY
@given(
    companies=gone_wrong([COMPANY, {**COMPANY, "Code": "MOLEN", "Id": "2"}], VALUES),
    data=gone_wrong({"COMP_HDR": [HEADER], "COMP_LN": []}, VALUES),
    system_data=gone_wrong({"ADM_LIST": [YEAR]}, VALUES),
)
def test_a_good_answer_gone_wrong_is_a_verdict(
    connection: BookkeepingConnection,
    companies: object,
    data: object,
    system_data: object,
) -> None:
    _holds(connection, companies, data, system_data)


def _holds(
    connection: BookkeepingConnection, companies: Any, data: object, system_data: object
) -> None:
    for code in ("KORENAAR", "KOREN26"):
        evidence = verdict_of(connection, companies, data, system_data, code)
        if evidence.verdict == V.FOUND_ACTIVE:
            rows = companies if isinstance(companies, list) else [companies]
            assert code in {_code_of(row) for row in rows}


def _code_of(row: Mapping[str, Any]) -> str:
    return str(row.get("Code")).strip().upper()
