"""Exact Online's answers as text: always a verdict, never more than they say."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from adminmoves.bookkeeping.answers import NoAnswer
from adminmoves.bookkeeping.exact import ExactOnline
from adminmoves.bookkeeping.exact_answers import (
    ALL,
    HRM,
    SYSTEM,
    Divisions,
    limits_in,
    read_me,
    read_page,
    reset_in,
)
from adminmoves.bookkeeping.http import HttpAnswer
from adminmoves.vocabulary import Package, Verdict
from tests.bookkeeping.exact_rows import (
    LICENCE,
    answer_with,
    division,
    listed,
    verdict_of,
)
from tests.bookkeeping.scripted import Script, seen, session_with
from tests.builders import make_connection

V = Verdict


def refusal_of(answer: HttpAnswer) -> tuple[Verdict, str]:
    with pytest.raises(NoAnswer) as caught:
        read_page(answer, SYSTEM)
    return caught.value.verdict, caught.value.reason


def test_a_division_is_told_by_its_hid_and_known_by_its_number() -> None:
    evidence = verdict_of(listed(division()))

    assert (evidence.verdict, evidence.code) == (V.FOUND_ACTIVE, "411")
    assert (evidence.external_id, evidence.kvk_number) == ("2345678", "90000001")
    assert (evidence.name, evidence.observed_environment) == (
        "Bakkerij Voorbeeld B.V.",
        LICENCE,
    )
    assert evidence.raw_status == {
        "status": "1",
        "blocking_status": "0",
        "move_date": "/Date(1793491200000)/",
        "customer_name": "Voorbeeld Noord B.V.",
    }


@pytest.mark.parametrize("content", [[division()], {"results": [division()]}])
def test_both_shapes_of_a_list_are_read(content: object) -> None:
    assert verdict_of(answer_with({"d": content})).verdict == V.FOUND_ACTIVE


@pytest.mark.parametrize(
    ("hid", "code"),
    [("411", "411"), (411, "411"), ("411", "00411"), ("0411", " 411 "), (52, "0052")],
)
def test_a_code_is_a_number_however_it_is_written(hid: object, code: str) -> None:
    assert verdict_of(listed(division(Hid=hid)), code).verdict == V.FOUND_ACTIVE


@pytest.mark.parametrize("code", ["", "ABC", "411a", "-411", "4.11", "2345678", "٤١١"])
def test_what_is_no_hid_finds_nothing(code: str) -> None:
    verdict = verdict_of(listed(division()), code).verdict
    assert verdict == V.NOT_FOUND_OR_NO_ACCESS


@pytest.mark.parametrize("hid", [None, True, 411.5, "4\x0011", "4\ud80011", {}, "411x"])
def test_a_hid_that_is_none_is_not_mended(hid: object) -> None:
    assert verdict_of(listed(division(Hid=hid))).verdict == V.UNAVAILABLE


@pytest.mark.parametrize(
    ("which", "status", "why"),
    [
        (SYSTEM, 0, "inactive"),
        (SYSTEM, 1, None),
        (SYSTEM, "1", None),
        (SYSTEM, 2, "archived"),
        (SYSTEM, 3, "status_unknown"),
        (SYSTEM, None, "status_unknown"),
        (SYSTEM, True, "status_unknown"),
        (ALL, 0, "inactive"),
        (ALL, 1, None),
        (HRM, 0, None),
        (HRM, 1, "archived"),
        (HRM, 2, "status_unknown"),
    ],
)
def test_a_status_means_what_its_own_list_says(
    which: Divisions, status: object, why: str | None
) -> None:
    row = division(Status=status, HID="411")
    [read] = read_page(listed(row), which).rows
    assert (read.code, read.unusable) == ("411", why)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"BlockingStatus": 1}, "backup"),
        *(({"BlockingStatus": each}, "conversion") for each in (2, 3, 4)),
        *(({"BlockingStatus": each}, "copy") for each in (5, 6)),
        *(({"BlockingStatus": each}, "deletion") for each in (100, 101, 102)),
        ({"BlockingStatus": 7}, "blocked"),
        ({"BlockingStatus": None}, "blocked"),
        ({"ArchiveDate": "/Date(1793491200000)/", "Status": 2}, "archived"),
        ({"Status": 2, "BlockingStatus": 1}, "archived"),
        ({"CustomerCode": None}, "owner_unknown"),
    ],
)
def test_a_division_in_trouble_is_found_but_not_usable(
    facts: Mapping[str, object], why: str
) -> None:
    evidence = verdict_of(listed(division(**facts)))
    assert (evidence.verdict, evidence.raw_status["reason"]) == (
        V.FOUND_NOT_USABLE,
        why,
    )


def test_the_same_hid_in_the_licence_of_a_client_proves_nothing() -> None:
    evidence = verdict_of(listed(division(CustomerCode="300")))
    assert (evidence.verdict, evidence.observed_environment) == (
        V.WRONG_ENVIRONMENT,
        "300",
    )


def test_a_licence_is_known_by_its_code_and_not_by_its_name() -> None:
    row = division(CustomerCode="300", CustomerName=LICENCE)
    assert verdict_of(listed(row)).verdict == V.WRONG_ENVIRONMENT


def test_of_two_licences_with_this_hid_ours_counts() -> None:
    other = division(CustomerCode="300", Code=3)
    evidence = verdict_of(listed(other, division()))
    assert (evidence.verdict, evidence.external_id) == (V.FOUND_ACTIVE, "2345678")


def test_two_with_one_hid_are_for_a_person() -> None:
    rows = listed(division(), division(Code=3, Hid="0411"))
    assert verdict_of(rows).verdict == V.AMBIGUOUS


def test_hrm_divisions_without_an_owner_are_of_the_licence_in_use() -> None:
    row = {**division(Status=0), "HID": "411"}
    del row["CustomerCode"]
    [read] = read_page(listed(row), HRM, LICENCE).rows
    assert (read.environment, read.unusable) == (LICENCE, None)


@pytest.mark.django_db
def test_a_second_look_counts_only_this_code_in_this_licence() -> None:
    connection = make_connection(
        package=Package.EXACT_ONLINE, package_environment=LICENCE, country="NL"
    )
    rows = [division(Hid="52", CustomerCode="300"), division(Hid="53")]
    script = Script(
        {
            "Me": listed({"UserID": "u", "CurrentDivision": 1}),
            "Divisions": listed(division()),
            "AllDivisions": listed(*rows),
        }
    )

    evidence = seen(
        ExactOnline(), session_with(ExactOnline(), connection, script), "52"
    )

    assert evidence.raw_status == {"all_divisions": "absent"}
    assert {(each.method, each.headers["Accept"]) for each in script.requests} == {
        ("GET", "application/json")
    }


@pytest.mark.django_db
@pytest.mark.parametrize("number", [None, 0, "", "x"])
def test_without_a_division_in_use_there_is_no_list(number: object) -> None:
    connection = make_connection(
        package=Package.EXACT_ONLINE, package_environment=LICENCE, country="NL"
    )
    script = Script({"Me": listed({"UserID": "u", "CurrentDivision": number})})

    with pytest.raises(NoAnswer) as caught:
        ExactOnline().fetch(session_with(ExactOnline(), connection, script))

    assert caught.value.verdict == V.UNAVAILABLE
    assert caught.value.reason == "no_division"


def test_me_tells_the_user_the_division_and_the_licence() -> None:
    fields = {
        "UserID": "00000000-0000-0000-0000-000000000009",
        "FullName": "Koppeling Voorbeeld",
        "CurrentDivision": 1234567,
        "DivisionCustomerCode": "            100200",
    }
    me = read_me(listed(fields))
    assert (me.division, me.licence, me.user) == (
        "1234567",
        LICENCE,
        "Koppeling Voorbeeld",
    )
    nameless = read_me(listed({**fields, "FullName": "", "CurrentDivision": 0}))
    assert (nameless.division, nameless.user) == ("", fields["UserID"])


@pytest.mark.parametrize(
    ("answer", "verdict", "reason"),
    [
        (answer_with("", 401), V.AUTH_REQUIRED, "unauthorised"),
        (answer_with({"error": {}}, 401), V.AUTH_REQUIRED, "unauthorised"),
        (answer_with("<html>Object moved", 401), V.AUTH_REQUIRED, "unauthorised"),
        (answer_with({"error": {"message": {}}}, 403), V.AUTH_REQUIRED, "forbidden"),
        (answer_with("", 403), V.UNAVAILABLE, "turned_away"),
        (answer_with("Request blocked", 403), V.UNAVAILABLE, "turned_away"),
        (answer_with("<script>x()</script>", 403), V.UNAVAILABLE, "turned_away"),
        (answer_with({"message": "Forbidden"}, 403), V.UNAVAILABLE, "turned_away"),
        (answer_with('{"error": {"mess', 403), V.UNAVAILABLE, "turned_away"),
        (
            answer_with(
                '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 403
            ),
            V.UNAVAILABLE,
            "turned_away",
        ),
        (answer_with("<html>Access denied", 403), V.UNAVAILABLE, "html"),
        (answer_with("", 404), V.CONFIG_ERROR, "not_found"),
        (answer_with("", 408), V.UNAVAILABLE, "strange_status"),
        (answer_with("", 429), V.RATE_LIMITED, "limited"),
        (
            answer_with("Application Scope Violated. Cannot read", 500),
            V.CONFIG_ERROR,
            "",
        ),
        (
            answer_with("Application Scope Violated. Cannot read", 403),
            V.CONFIG_ERROR,
            "",
        ),
        (answer_with("Internal Server Error", 500), V.UNAVAILABLE, "server_fault"),
        (answer_with("", 599), V.UNAVAILABLE, "server_fault"),
        (answer_with("<!DOCTYPE html><html>"), V.UNAVAILABLE, "html"),
        (answer_with(""), V.UNAVAILABLE, "not_json"),
        (answer_with("<?xml version='1.0'?><a/>"), V.UNAVAILABLE, "not_json"),
        (answer_with("[" * 100_000), V.UNAVAILABLE, "not_json"),
        (answer_with({"d": None}), V.UNAVAILABLE, "no_results"),
        (answer_with({"d": {"results": [None]}}), V.UNAVAILABLE, "no_results"),
        (
            answer_with({"d": {"results": [], "__next": 1}}),
            V.UNAVAILABLE,
            "strange_next",
        ),
    ],
)
def test_what_is_no_answer_has_its_own_verdict(
    answer: HttpAnswer, verdict: Verdict, reason: str
) -> None:
    assert refusal_of(answer) == (verdict, reason or "scope_missing")


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("BlockedUser", V.AUTH_REQUIRED),
        ("InactiveUser", V.AUTH_REQUIRED),
        ("BlockedCustomer", V.AUTH_REQUIRED),
        ("LicenseExpired", V.AUTH_REQUIRED),
        ("NoDivisionAccess", V.AUTH_REQUIRED),
        ("NoDivisionAccess: some words", V.AUTH_REQUIRED),
        # Of the division that our user has in use: that is not the one we look for.
        ("DivisionBlocked", V.UNAVAILABLE),
        ("SomethingNew", V.AUTH_REQUIRED),
    ],
)
def test_a_403_says_why_in_a_header(reason: str, verdict: Verdict) -> None:
    assert refusal_of(answer_with("", 403, {"reason": reason}))[0] == verdict


def milliseconds(moment: datetime) -> str:
    return str(round(moment.timestamp() * 1000))


def test_a_spent_limit_names_the_moment_it_is_full_again() -> None:
    soon = timezone.now().replace(microsecond=0) + timedelta(seconds=40)
    later = soon + timedelta(hours=3)
    minute = {
        "x-ratelimit-minutely-remaining": "0",
        "x-ratelimit-minutely-reset": milliseconds(soon),
    }
    day = {"x-ratelimit-remaining": "12", "x-ratelimit-reset": milliseconds(later)}

    assert reset_in(answer_with("", 429, minute)) == soon
    assert reset_in(answer_with("", 429, minute | day)) == soon
    assert reset_in(
        answer_with("", 429, minute | day | {"x-ratelimit-remaining": "0"})
    ) == (later)


@pytest.mark.parametrize(
    "reset",
    ["", "soon", "-1", "9" * 90, "0", milliseconds(datetime(2001, 1, 1, tzinfo=UTC))],
)
def test_a_reset_that_says_nothing_is_no_moment(reset: str) -> None:
    assert reset_in(answer_with("", 429, {"x-ratelimit-minutely-reset": reset})) is None


def test_a_limit_that_is_not_told_is_unknown_and_not_spent() -> None:
    assert limits_in(
        answer_with("", headers={"x-ratelimit-minutely-remaining": "59"})
    ) == {"minute_left": 59}
    assert limits_in(answer_with("", headers={"x-ratelimit-remaining": "many"})) == {}
