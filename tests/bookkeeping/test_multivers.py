"""Multivers over HTTP: a database per administration, and its own code inside."""

import pytest
from pytest_django.fixtures import Settings

from adminmoves.bookkeeping.answers import Evidence
from adminmoves.bookkeeping.gateway import FRESH, check
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionGrant,
    ConnectionLine,
    ConnectionList,
)
from adminmoves.vocabulary import Package, Verdict
from rehearsal.world import Status
from tests.bookkeeping.world import Consented, Packages

pytestmark = pytest.mark.django_db
V = Verdict
HOME = "https://multivers.voorbeeld.example/api"


@pytest.fixture
def connection(packages: Packages, consented: Consented) -> BookkeepingConnection:
    """A connection to a log-in with one administration, consented to."""
    connection = packages.connection(Package.UNIT4)
    consented(connection)
    return connection


def look(connection: BookkeepingConnection, code: str = "411") -> Evidence:
    """Ask anew, whatever was seen before and however it went."""
    ConnectionLine.objects.filter(connection=connection).update(quiet_until=None)
    return check(connection, code, connection.package_environment, age=FRESH)


def test_the_administration_is_found_and_its_database_confirms_it(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    evidence = look(connection)

    seen = (evidence.verdict, evidence.code, evidence.name, evidence.kvk_number)
    assert seen == (V.FOUND_ACTIVE, "411", "Bakkerij Voorbeeld", "90000001")
    [administration] = packages.organisation(connection).administrations
    assert evidence.external_id == administration.external_id
    assert evidence.raw_status == {"onlineState": "0"}
    assert [call["path"].rsplit("/", 1)[-1] for call in packages.calls(connection)][
        -2:
    ] == [
        "AdministrationInfoList",
        "CompanyDetailsInfo",
    ]


def test_the_id_of_the_database_is_known_as_well(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    [administration] = packages.organisation(connection).administrations
    evidence = look(connection, administration.external_id.lower())
    assert (evidence.verdict, evidence.code) == (V.FOUND_ACTIVE, "411")


def test_what_is_not_shown_is_not_found(connection: BookkeepingConnection) -> None:
    evidence = look(connection, "412")
    assert (evidence.verdict, evidence.list_size) == (V.NOT_FOUND_OR_NO_ACCESS, 1)


def test_no_users_are_kept(connection: BookkeepingConnection) -> None:
    evidence = look(connection)
    rows = str(ConnectionList.objects.get(connection=connection).rows)
    assert "411" in rows
    assert not [name for name in ("SYSTEEM", "SYNC01") if name in f"{rows}{evidence}"]


def test_a_locked_database_leaves_the_verdict_of_the_list(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    [administration] = packages.organisation(connection).administrations
    administration.status = Status.BLOCKED

    evidence = look(connection)

    assert (evidence.verdict, evidence.kvk_number) == (V.FOUND_ACTIVE, "")
    assert evidence.raw_status == {"onlineState": "1", "details": "not_found"}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("html", "html"),
        ("server_error", "server_fault"),
        ("unauthorised", "unauthorised"),
        ("too_many", "limited"),
        ("cut", "connection"),
        ("empty", "not_json"),
        ("redirect", "redirect"),
    ],
)
def test_trouble_with_the_database_is_noted_and_asked_once(
    packages: Packages, connection: BookkeepingConnection, fault: str, reason: str
) -> None:
    packages.befall(connection, fault, kind="detail")

    evidence = look(connection)

    assert (evidence.verdict, evidence.raw_status["details"]) == (
        V.FOUND_ACTIVE,
        reason,
    )
    paths = [call["path"] for call in packages.calls(connection)]
    assert len([path for path in paths if "CompanyDetailsInfo" in path]) == 1
    assert packages.led_away() == []


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        ("forbidden", V.AUTH_REQUIRED),
        ("too_many", V.RATE_LIMITED),
        ("server_error", V.UNAVAILABLE),
        ("html", V.UNAVAILABLE),
        ("empty", V.UNAVAILABLE),
        ("doctype", V.UNAVAILABLE),
        ("huge", V.UNAVAILABLE),
        ("redirect", V.UNAVAILABLE),
        ("forget", V.NOT_FOUND_OR_NO_ACCESS),
        ("dup", V.AMBIGUOUS),
    ],
)
def test_trouble_with_the_list_is_never_a_hit(
    packages: Packages, connection: BookkeepingConnection, fault: str, verdict: Verdict
) -> None:
    packages.befall(connection, fault)
    assert look(connection).verdict == verdict
    assert packages.led_away() == []


def test_a_row_that_its_database_does_not_know_is_not_confirmed(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "lie", code="900", external_id="MVL99999")
    evidence = look(connection, "900")
    assert evidence.raw_status["details"] == "not_found"


def test_a_token_that_ended_early_is_renewed_once(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    before = ConnectionGrant.objects.get(connection=connection).version
    packages.expire(connection)

    assert look(connection).verdict == V.FOUND_ACTIVE
    assert ConnectionGrant.objects.get(connection=connection).version == before + 1


def test_a_withdrawn_consent_asks_for_a_person(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.revoke(connection)
    assert look(connection).verdict == V.AUTH_REQUIRED
    assert ConnectionGrant.objects.get(connection=connection).lost_at is not None


def test_an_installation_at_an_office_is_asked_where_it_is_allowed(
    packages: Packages, consented: Consented, settings: Settings
) -> None:
    connection = packages.connection(Package.UNIT4, base_url=HOME)
    assert look(connection).raw_status == {"reason": "base_url"}

    settings.PORTAL_MULTIVERS_HOSTS = ["multivers.voorbeeld.example"]
    consented(connection)

    assert look(connection).verdict == V.FOUND_ACTIVE
