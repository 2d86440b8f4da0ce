"""Absent is only what a list that was seen whole does not show."""

import json
from dataclasses import replace
from typing import Any

import pytest

from adminmoves.bookkeeping.accountview import read_companies
from adminmoves.bookkeeping.answers import ListedAdministration, Listing, NoAnswer
from adminmoves.bookkeeping.bodies import decoded
from adminmoves.bookkeeping.exact_answers import SYSTEM, read_me, read_page
from adminmoves.bookkeeping.gateway import ADAPTERS
from adminmoves.bookkeeping.http import HttpAnswer
from adminmoves.bookkeeping.http_status import refuse_status, retry_after
from adminmoves.bookkeeping.multivers import read_rows
from adminmoves.bookkeeping.twinfield_answers import read_offices, read_token_owner
from adminmoves.bookkeeping.verdict import decide_verdict
from adminmoves.vocabulary import Package, Verdict
from tests.bookkeeping.exact_rows import answer_with, division
from tests.bookkeeping.twinfield_answers import listed, office

V = Verdict
OURS = ListedAdministration("001", external_id="1", environment="A")


def verdict_on(package: Package, code: str, *rows: ListedAdministration) -> Verdict:
    listing = Listing(rows, "list")
    return decide_verdict(listing, ADAPTERS[package].find(listing, code), "A").verdict


@pytest.mark.parametrize("facts", [{"code_unread": True}, {"code": "A\ufffdB"}])
def test_a_code_that_was_not_read_may_be_the_one_that_is_looked_for(
    facts: dict[str, Any],
) -> None:
    unread = replace(OURS, code="", external_id="2")
    unread = replace(unread, **facts)

    for package in Package:
        assert verdict_on(package, "7", OURS, unread) == V.UNAVAILABLE
        assert verdict_on(package, "001", OURS, unread) == V.FOUND_ACTIVE
        elsewhere = replace(unread, environment="B")
        assert verdict_on(package, "7", OURS, elsewhere) == V.NOT_FOUND_OR_NO_ACCESS


def test_a_list_with_an_unread_code_says_so_and_is_read_again() -> None:
    evidence = decide_verdict(
        Listing((ListedAdministration("", code_unread=True),), "list"), (), "A"
    )

    assert evidence.raw_status == {"reason": "codes_unread"}
    assert evidence.retry_at is not None


@pytest.mark.parametrize("code", [{}, [1], True, "x" * 101, "4\x001"])
def test_a_code_that_is_none_is_unread_and_none_at_all_is_not(code: object) -> None:
    for code_value, unread in ((code, True), (None, False), ("", False), ("1", False)):
        companies = answer_with([{"Id": "1", "Code": code_value}])
        databases = answer_with([{"administrationId": "1", "code": code_value}])
        rows = (*read_companies(companies), *read_rows(databases))
        assert {row.code_unread for row in rows} == {unread}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("nl100", "NL100"), (" NL100\u00a0", "nl100"), ("CAFE\u0301", "caf\u00e9")],
)
@pytest.mark.parametrize(
    "package", [each for each in Package if each != Package.EXACT_ONLINE]
)
def test_a_code_is_known_however_its_signs_are_written(
    package: Package, theirs: str, ours: str
) -> None:
    assert verdict_on(package, ours, ListedAdministration(theirs)) == V.FOUND_ACTIVE


@pytest.mark.parametrize("status", [201, 202, 203, 204, 206, 207, 226])
def test_only_a_200_is_a_whole_answer(status: int) -> None:
    for read in (read_companies, read_rows, read_offices, read_token_owner, read_me):
        for text in ("[]", listed(office("001")).text, "{}"):
            with pytest.raises(NoAnswer) as caught:
                read(HttpAnswer(status, {}, text))
            assert caught.value.verdict == V.UNAVAILABLE


@pytest.mark.parametrize(
    "content",
    [
        {"d": {"results": []}, "error": {"message": {}}},
        {"d": [], "error": "x"},
        {"d": {"results": {}}},
        {"d": {"results": None}},
    ],
)
def test_an_error_beside_a_list_of_exact_is_no_list(content: object) -> None:
    with pytest.raises(NoAnswer, match="no_results"):
        read_page(answer_with(content), SYSTEM)


@pytest.mark.parametrize("name", ["__next", "odata.nextLink", "@odata.nextLink"])
def test_what_follows_is_told_inside_or_beside_the_list(name: str) -> None:
    inside = {"d": {"results": [division()], name: "https://next"}}
    outside = {"d": [division()], name: "https://next"}

    for content in (inside, outside):
        assert read_page(answer_with(content), SYSTEM).following == "https://next"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("60", 60),
        (" 60 ", 60),
        ("60.9", 60),
        ("60s", 60),
        ("60, 60", 60),
        ("0", None),
        ("-60", None),
        ("1e3", None),
        ("soon", None),
        ("9" * 30, None),
        ("Mon, 30 Nov 2020 20:00:00 GMT", None),
    ],
)
def test_a_wait_is_read_in_each_form_that_is_sent(
    written: str, seconds: int | None
) -> None:
    moment = retry_after(HttpAnswer(503, {"retry-after": written}, ""))
    assert (moment is not None) == (seconds is not None)


def test_a_403_that_says_when_to_come_back_is_not_our_user() -> None:
    body = json.dumps({"error": {"message": {"value": "busy"}}})
    with pytest.raises(NoAnswer) as caught:
        refuse_status(HttpAnswer(403, {"retry-after": "60"}, body))
    assert caught.value.verdict == V.UNAVAILABLE
    assert caught.value.retry_at is not None


@pytest.mark.parametrize(
    ("charset", "written"),
    [
        ("cp1252", "cp1252"),
        ("latin-1", "latin-1"),
        ("ISO_8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("utf-16le", "utf-16-le"),
        ("UTF-16", "utf-16"),
        ("no-such-thing", "utf-8"),
    ],
)
def test_a_character_set_is_known_by_each_of_its_names(
    charset: str, written: str
) -> None:
    headers = {"content-type": f"application/json; charset={charset}"}
    assert decoded('["Café"]'.encode(written), headers) == '["Café"]'
