"""Exact Online over HTTP: a country site, licences, rotating tokens, and its limits."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from adminmoves.bookkeeping.answers import Evidence
from adminmoves.bookkeeping.gateway import FRESH, check
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionCall,
    ConnectionGrant,
    ConnectionLine,
)
from adminmoves.vocabulary import Package, Verdict
from rehearsal.world import Organisation, Status
from rehearsal.world import Package as Rehearsed
from tests.bookkeeping.world import Consented, Packages

pytestmark = pytest.mark.django_db
V = Verdict
CODE = "411"


@pytest.fixture
def connection(packages: Packages, consented: Consented) -> BookkeepingConnection:
    """A connection to a licence with one division, consented to."""
    connection = packages.connection(Package.EXACT_ONLINE)
    consented(connection)
    return connection


def look(connection: BookkeepingConnection, code: str = CODE) -> Evidence:
    """Ask anew, whatever was seen before and however it went."""
    ConnectionLine.objects.filter(connection=connection).update(quiet_until=None)
    return check(connection, code, connection.package_environment, age=FRESH)


def list_paths(packages: Packages, connection: BookkeepingConnection) -> list[str]:
    """The lists that were asked for, in their order, without the division."""
    paths = [str(call["path"]) for call in packages.calls(connection)]
    return [path.split("/", 4)[-1] for path in paths if "Divisions" in path]


def test_the_division_is_found_in_its_licence(
    connection: BookkeepingConnection,
) -> None:
    evidence = check(connection, "0411", "kantoor-a")

    seen = (evidence.verdict, evidence.code, evidence.name, evidence.seen_as)
    assert seen == (V.FOUND_ACTIVE, "411", "Bakkerij Voorbeeld", "SYNC01 Voorbeeld")
    assert (evidence.observed_environment, evidence.list_size) == ("KANTOOR-A", 1)
    assert evidence.endpoint == "system/Divisions"


def test_another_licence_than_the_one_meant_is_told(
    connection: BookkeepingConnection,
) -> None:
    evidence = check(connection, CODE, "KANTOOR-B")
    assert (evidence.verdict, evidence.observed_environment) == (
        V.WRONG_ENVIRONMENT,
        "KANTOOR-A",
    )


def test_a_division_handed_over_is_found_in_the_other_licence(
    packages: Packages, consented: Consented, connection: BookkeepingConnection
) -> None:
    target = packages.connection(Package.EXACT_ONLINE, "KANTOOR-B")
    for each in (connection, target):
        packages.add(each, "52")
    consented(target)
    before = look(connection)
    assert look(target).verdict == V.NOT_FOUND_OR_NO_ACCESS

    source, owner = packages.organisation(connection), packages.organisation(target)
    moved = source.administrations.pop(0)
    owner.administrations.append(moved)

    after = look(target)
    assert after.verdict == V.FOUND_ACTIVE
    assert after.external_id == before.external_id
    assert look(connection).verdict == V.NOT_FOUND_OR_NO_ACCESS


def test_a_former_owner_with_access_sees_whose_it_is_now(
    packages: Packages, consented: Consented, connection: BookkeepingConnection
) -> None:
    target = packages.connection(Package.EXACT_ONLINE, "KANTOOR-B")
    packages.add(target, "52", seen_by=[packages.key(connection)])

    evidence = look(connection, "52")

    assert (evidence.verdict, evidence.observed_environment) == (
        V.WRONG_ENVIRONMENT,
        "KANTOOR-B",
    )


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (Status.INACTIVE, "inactive"),
        (Status.ARCHIVED, "archived"),
        (Status.BLOCKED, "backup"),
        (Status.CONVERSION, "conversion"),
    ],
)
def test_what_is_not_active_is_found_but_not_usable(
    packages: Packages, connection: BookkeepingConnection, status: Status, why: str
) -> None:
    packages.organisation(connection).administrations[0].status = status
    evidence = look(connection)
    assert (evidence.verdict, evidence.raw_status["reason"]) == (
        V.FOUND_NOT_USABLE,
        why,
    )


@pytest.mark.parametrize(
    ("visible", "all_divisions"), [(False, "shown"), (True, "absent")]
)
def test_a_code_out_of_sight_is_told_apart_from_one_that_is_absent(
    packages: Packages,
    connection: BookkeepingConnection,
    visible: bool,
    all_divisions: str,
) -> None:
    packages.add(
        connection, "52" if all_divisions == "shown" else "53", visible=visible
    )

    evidence = look(connection, "0052")

    assert evidence.verdict == V.NOT_FOUND_OR_NO_ACCESS
    assert evidence.raw_status == {"all_divisions": all_divisions}
    assert list_paths(packages, connection) == [
        "system/Divisions",
        "system/AllDivisions",
    ]


def test_a_second_look_that_is_refused_is_not_taken_again_soon(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    check(connection, CODE, "KANTOOR-A")
    packages.befall(connection, "forbidden", reason="NoDivisionAccess")

    answers = [check(connection, code, "KANTOOR-A") for code in ("52", "53", "ABC")]

    assert {answer.verdict for answer in answers} == {V.NOT_FOUND_OR_NO_ACCESS}
    assert [dict(answer.raw_status) for answer in answers] == [{}, {}, {}]
    assert list_paths(packages, connection) == [
        "system/Divisions",
        "system/AllDivisions",
    ]


def test_a_second_look_at_the_limit_waits(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    check(connection, CODE, "KANTOOR-A")
    packages.befall(connection, "too_many", after=300)
    assert check(connection, "52", "KANTOOR-A").verdict == V.RATE_LIMITED


def test_a_second_look_is_taken_from_a_division_of_the_licence_itself(
    packages: Packages, consented: Consented, connection: BookkeepingConnection
) -> None:
    packages.organisation(connection).administrations[0].seen_by = [
        "EXACT_ONLINE:NL:KANTOOR-B"
    ]
    office = packages.connection(Package.EXACT_ONLINE, "KANTOOR-B")
    own = packages.add(office, "52")
    consented(office)

    evidence = look(office, "99")

    assert (evidence.list_size, evidence.raw_status) == (2, {"all_divisions": "absent"})
    last = packages.calls(office)[-1]["path"]
    assert last == f"/api/v1/{own.external_id}/system/AllDivisions"


def test_without_the_scope_the_licence_in_use_is_asked_and_remembered(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "scope_violated")

    first, second = look(connection), look(connection)

    assert (first.verdict, first.endpoint) == (V.FOUND_ACTIVE, "hrm/Divisions")
    assert (second.verdict, second.endpoint) == (V.FOUND_ACTIVE, "hrm/Divisions")
    lists = ["system/Divisions", "hrm/Divisions", "hrm/Divisions"]
    assert list_paths(packages, connection) == lists

    ConnectionCall.objects.update(at=timezone.now() - timedelta(hours=2))
    packages.heal()
    assert look(connection).endpoint == "system/Divisions"


def test_without_the_scope_a_one_still_means_archived(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "scope_violated")
    packages.organisation(connection).administrations[0].status = Status.ARCHIVED
    evidence = look(connection)
    assert (evidence.verdict, evidence.raw_status["status"]) == (
        V.FOUND_NOT_USABLE,
        "1",
    )


def test_without_the_scope_another_licence_in_use_is_told(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "scope_violated")
    evidence = check(connection, "52", "KANTOOR-B")
    assert (evidence.verdict, evidence.observed_environment) == (
        V.WRONG_ENVIRONMENT,
        "KANTOOR-A",
    )


def test_all_pages_are_read(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    for number in range(1000, 1130):
        packages.add(connection, str(number))

    evidence = look(connection, "1129")

    assert (evidence.verdict, evidence.list_size) == (V.FOUND_ACTIVE, 131)
    assert list_paths(packages, connection) == ["system/Divisions"] * 3


def test_a_next_page_at_another_host_never_sees_our_token(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "next_elsewhere")
    evidence = look(connection)
    assert (evidence.verdict, evidence.raw_status["reason"]) == (
        V.UNAVAILABLE,
        "strange_next",
    )
    assert packages.led_away() == []


def test_two_divisions_with_one_code_are_for_a_person(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "dup")
    assert look(connection).verdict == V.AMBIGUOUS


def test_a_limit_is_waited_for_until_it_is_full_again(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "too_many", after=300)
    evidence = look(connection)

    assert evidence.verdict == V.RATE_LIMITED
    assert evidence.retry_at is not None
    left = evidence.retry_at - timezone.now()
    assert timedelta(minutes=4) < left <= timedelta(minutes=5)
    assert ConnectionLine.objects.get(connection=connection).limits["minute_left"] == 0


def test_a_limit_without_a_time_still_says_that_we_wait(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "too_many")
    assert look(connection).verdict == V.RATE_LIMITED


def test_the_documented_limit_ends_in_waiting(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.rehearsal.switchboard.limits.allowed["exact_minute"] = 2
    verdicts = [look(connection).verdict for _time in range(3)]
    assert verdicts == [V.FOUND_ACTIVE, V.FOUND_ACTIVE, V.RATE_LIMITED]


def test_what_is_left_of_the_limits_is_kept(connection: BookkeepingConnection) -> None:
    look(connection)
    limits = ConnectionLine.objects.get(connection=connection).limits
    assert limits == {"minute_left": 59, "day_left": 4999}


@pytest.mark.parametrize(
    ("fault", "options", "verdict"),
    [
        ("forbidden", {"reason": "LicenseExpired"}, V.AUTH_REQUIRED),
        ("forbidden", {"reason": "DivisionBlocked"}, V.UNAVAILABLE),
        ("forbidden", {"reason": "NoDivisionAccess"}, V.AUTH_REQUIRED),
        ("html", {}, V.UNAVAILABLE),
        ("cut", {}, V.UNAVAILABLE),
        ("doctype", {}, V.UNAVAILABLE),
        ("empty", {}, V.UNAVAILABLE),
        ("redirect", {}, V.UNAVAILABLE),
        ("server_error", {"status": 500}, V.UNAVAILABLE),
    ],
)
def test_trouble_says_nothing_of_the_administration(
    packages: Packages,
    connection: BookkeepingConnection,
    fault: str,
    options: dict[str, Any],
    verdict: Verdict,
) -> None:
    packages.befall(connection, fault, **options)
    assert look(connection).verdict == verdict
    assert packages.led_away() == []


@pytest.mark.parametrize("fault", ["unauthorised", "unauthorised_html"])
def test_a_refused_token_waits_until_a_new_one_may_be_asked(
    packages: Packages, connection: BookkeepingConnection, fault: str
) -> None:
    packages.befall(connection, fault)
    evidence = look(connection)
    grant = ConnectionGrant.objects.get(connection=connection)
    assert (evidence.verdict, evidence.raw_status["reason"]) == (
        V.RATE_LIMITED,
        "too_early",
    )
    assert evidence.retry_at == grant.refreshed_at + timedelta(seconds=570)


def test_an_old_token_is_renewed_and_the_new_pair_is_kept(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    grants = ConnectionGrant.objects.filter(connection=connection)
    before = grants.get()
    for _time in range(2):
        packages.rehearsal.world.ahead += 700
        earlier = timezone.now() - timedelta(seconds=700)
        grants.update(refreshed_at=earlier, access_until=earlier)
        assert look(connection).verdict == V.FOUND_ACTIVE

    after = grants.get()
    assert after.version == before.version + 2
    assert after.sealed_refresh != before.sealed_refresh
    assert after.refresh_until is not None
    assert after.refresh_until > timezone.now() + timedelta(days=29)


def test_a_user_without_a_division_says_nothing_of_any_code(
    packages: Packages, consented: Consented
) -> None:
    empty = packages.connection(Package.EXACT_ONLINE, "KANTOOR-B")
    consented(empty)
    evidence = look(empty)
    assert (evidence.verdict, evidence.raw_status["reason"]) == (
        V.UNAVAILABLE,
        "no_division",
    )


@pytest.mark.usefixtures("connection")
def test_a_country_is_asked_at_its_own_site(
    packages: Packages, consented: Consented
) -> None:
    belgian = Organisation(Rehearsed.EXACT_ONLINE, "KANTOOR-A", "Voorbeeld", "BE")
    packages.rehearsal.world.organisations[belgian.key] = belgian
    belgian_connection = packages.connection(Package.EXACT_ONLINE, country="BE")
    packages.add(belgian_connection, "52")
    consented(belgian_connection)

    assert look(belgian_connection, "52").verdict == V.FOUND_ACTIVE
    assert look(belgian_connection).verdict == V.NOT_FOUND_OR_NO_ACCESS
    hosts = {call["host"] for call in packages.calls(belgian_connection)}
    assert hosts == {"start.exactonline.be"}
