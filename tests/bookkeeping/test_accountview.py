"""AccountView over HTTP: the register of companies, and the office behind it."""

from datetime import UTC, datetime

import pytest

from adminmoves.bookkeeping.answers import Evidence
from adminmoves.bookkeeping.gateway import FRESH, check
from adminmoves.models import BookkeepingConnection, ConnectionGrant, ConnectionLine
from adminmoves.vocabulary import Package, Verdict
from rehearsal.world import Status
from tests.bookkeeping.world import Consented, Packages

pytestmark = pytest.mark.django_db
V = Verdict
THIS_YEAR = str(datetime.now(UTC).year)
YEARLY = f"KORENAAR{THIS_YEAR[-2:]}"


@pytest.fixture
def connection(packages: Packages, consented: Consented) -> BookkeepingConnection:
    """A connection to a log-in with one company, consented to."""
    connection = packages.connection(Package.ACCOUNTVIEW)
    consented(connection)
    return connection


def look(connection: BookkeepingConnection, code: str = "KORENAAR") -> Evidence:
    """Ask anew, whatever was seen before and however it went."""
    ConnectionLine.objects.filter(connection=connection).update(quiet_until=None)
    return check(connection, code, connection.package_environment, age=FRESH)


def test_the_company_is_found_and_the_office_tells_its_kvk_number(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    evidence = look(connection, "korenaar")

    seen = (evidence.verdict, evidence.code, evidence.name, evidence.kvk_number)
    assert seen == (V.FOUND_ACTIVE, "KORENAAR", "Bakkerij Voorbeeld", "90000001")
    [company] = packages.organisation(connection).administrations
    assert evidence.external_id == company.external_id
    assert (evidence.endpoint, evidence.list_size) == ("Companies", 1)


def test_the_code_of_one_year_is_a_hint_and_no_hit(
    connection: BookkeepingConnection,
) -> None:
    evidence = look(connection, YEARLY)

    assert evidence.verdict == V.NOT_FOUND_OR_NO_ACCESS
    assert evidence.raw_status == {
        "reason": "yearly_administration",
        "year": THIS_YEAR,
        "archived": False,
    }


def test_a_year_that_was_archived_is_told_as_such(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.organisation(connection).administrations[0].status = Status.ARCHIVED
    assert look(connection, YEARLY).raw_status["archived"] is True


def test_what_is_neither_a_company_nor_a_year_is_not_found(
    connection: BookkeepingConnection,
) -> None:
    evidence = look(connection, "MOLEN")
    assert (evidence.verdict, evidence.raw_status) == (V.NOT_FOUND_OR_NO_ACCESS, {})


def test_a_log_in_without_companies_asks_no_office(
    packages: Packages, consented: Consented
) -> None:
    connection = packages.connection(Package.ACCOUNTVIEW, "KANTOOR-B")
    consented(connection)

    assert look(connection).verdict == V.NOT_FOUND_OR_NO_ACCESS
    assert "data" not in str([call["path"] for call in packages.calls(connection)])


@pytest.mark.parametrize("code", ["KORENAAR", YEARLY])
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("error_in_200", "package_error"),
        ("html", "html"),
        ("server_error", "server_fault"),
        ("unauthorised", "unauthorised"),
        ("too_many", "limited"),
        ("cut", "connection"),
        ("empty", "not_json"),
    ],
)
def test_an_office_that_does_not_answer_leaves_the_verdict_of_the_register(
    packages: Packages,
    connection: BookkeepingConnection,
    fault: str,
    reason: str,
    code: str,
) -> None:
    before = look(connection, code)
    packages.befall(connection, fault, kind="detail")

    evidence = look(connection, code)

    assert (evidence.verdict, evidence.kvk_number) == (before.verdict, "")
    assert evidence.raw_status == {"details": reason}


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        ("error_in_200", V.UNAVAILABLE),
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
def test_trouble_with_the_register_is_never_a_hit(
    packages: Packages, connection: BookkeepingConnection, fault: str, verdict: Verdict
) -> None:
    packages.befall(connection, fault)
    assert look(connection).verdict == verdict
    assert packages.led_away() == []


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
