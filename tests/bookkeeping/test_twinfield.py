"""Twinfield over HTTP: one consent is one organisation, and a list is all of it."""

import pytest

from adminmoves.bookkeeping.answers import Evidence
from adminmoves.bookkeeping.gateway import FRESH, check
from adminmoves.models import BookkeepingConnection, ConnectionLine
from adminmoves.vocabulary import Package, Verdict
from tests.bookkeeping.scripted import Script, answer_with, seen, session_with
from tests.bookkeeping.twinfield_answers import WHO, adapter, listed, office
from tests.bookkeeping.world import Consented, Packages

pytestmark = pytest.mark.django_db
V = Verdict


@pytest.fixture
def connection(packages: Packages, consented: Consented) -> BookkeepingConnection:
    connection = packages.connection(Package.TWINFIELD)
    consented(connection)
    return connection


def look(connection: BookkeepingConnection, code: str = "NL100") -> Evidence:
    return check(connection, code, connection.package_environment, age=FRESH)


def statuses(
    packages: Packages, connection: BookkeepingConnection
) -> list[tuple[str, int]]:
    """Kind and status of what was asked after the consent."""
    calls = packages.calls(connection)
    return [(str(call["kind"]), call["status"]) for call in calls[1:]]


def test_the_office_is_found_in_its_organisation(
    connection: BookkeepingConnection,
) -> None:
    evidence = check(connection, "nl100", "kantoor-a")

    named = (evidence.verdict, evidence.code, evidence.name, evidence.seen_as)
    assert named == (V.FOUND_ACTIVE, "NL100", "Bakkerij Voorbeeld", "SYNC01")
    assert (evidence.observed_environment, evidence.list_size) == ("KANTOOR-A", 1)
    assert ConnectionLine.objects.get(connection=connection).failures == 0


def test_a_code_keeps_its_leading_zeros(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.add(connection, "001")
    assert look(connection, "001").verdict == V.FOUND_ACTIVE
    assert look(connection, "1").verdict == V.NOT_FOUND_OR_NO_ACCESS


def test_one_list_answers_the_questions_of_a_few_minutes(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    for code in ("NL100", "NL101", "NL102"):
        check(connection, code, "KANTOOR-A")
    assert statuses(packages, connection) == [("who", 200), ("list", 200)]


def test_a_user_without_any_office_sees_an_empty_list(
    packages: Packages, consented: Consented
) -> None:
    connection = packages.connection(Package.TWINFIELD, "KANTOOR-B")
    consented(connection)

    evidence = look(connection)

    assert (evidence.verdict, evidence.list_size, evidence.observed_environment) == (
        V.NOT_FOUND_OR_NO_ACCESS,
        0,
        "KANTOOR-B",
    )
    assert ConnectionLine.objects.get(connection=connection).quiet_until is None


def test_an_organisation_on_another_cluster_is_looked_up_again_once(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "wrong_cluster", times=1)

    assert look(connection).verdict == V.FOUND_ACTIVE
    assert statuses(packages, connection) == [
        ("who", 200), ("list", 500), ("who", 200), ("list", 200),
    ]  # fmt: skip


def test_a_cluster_that_stays_wrong_is_not_asked_for_ever(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "wrong_cluster")

    evidence = look(connection)

    assert (evidence.verdict, evidence.raw_status["reason"]) == (
        V.UNAVAILABLE,
        "wrong_cluster",
    )
    assert len(statuses(packages, connection)) == 4


@pytest.mark.parametrize("code", [103, 351, 354])
def test_a_token_that_a_fault_refuses_is_renewed_once(
    packages: Packages, connection: BookkeepingConnection, code: int
) -> None:
    packages.befall(connection, "soap_fault", times=1, code=code)

    assert look(connection).verdict == V.FOUND_ACTIVE
    assert [kind for kind, _status in statuses(packages, connection)] == [
        "who", "list", "token", "list",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (102, V.AUTH_REQUIRED),
        (104, V.AUTH_REQUIRED),
        (105, V.AUTH_REQUIRED),
        (106, V.AUTH_REQUIRED),
        (110, V.UNAVAILABLE),
        (122, V.CONFIG_ERROR),
        (352, V.AUTH_REQUIRED),
        (353, V.AUTH_REQUIRED),
        (354, V.AUTH_REQUIRED),
        (101, V.CONFIG_ERROR),
        (109, V.NOT_FOUND_OR_NO_ACCESS),
        (100, V.UNAVAILABLE),
        (358, V.UNAVAILABLE),
        (999, V.UNAVAILABLE),
    ],
)
def test_what_each_fault_means(
    packages: Packages, connection: BookkeepingConnection, code: int, verdict: Verdict
) -> None:
    packages.befall(connection, "soap_fault", code=code)
    assert look(connection).verdict == verdict


def test_a_business_error_is_no_empty_list(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "business_error")
    evidence = look(connection)
    assert (evidence.verdict, evidence.raw_status) == (
        V.UNAVAILABLE,
        {"reason": "business_error"},
    )


def test_fair_use_is_kept_to(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.rehearsal.switchboard.limits.allowed["twinfield_credits"] = 1

    assert look(connection).verdict == V.FOUND_ACTIVE
    limited, later = look(connection), look(connection)

    assert limited.verdict == later.verdict == V.RATE_LIMITED
    assert limited.retry_at == later.retry_at is not None
    assert [
        status for kind, status in statuses(packages, connection) if kind == "list"
    ] == [
        200,
        429,
    ]


@pytest.mark.parametrize(
    "cluster",
    [
        "http://accounting2.twinfield.com",
        "https://twinfield.com.evil.example",
        "https://eviltwinfield.com",
        "https://accounting2.twinfield.com@evil.example",
        "https://evil.example#.twinfield.com",
        "https://accounting2.twinfield.com#@evil.example",
        "https://accounting2.twinfield.com:8443",
        "https://accounting2.twinfield.com/elsewhere",
        "https://accounting2.twinfield.com?to=evil.example",
        "https://127.0.0.1",
        "https://[::1",
        "accounting2.twinfield.com",
    ],
)
def test_the_token_goes_to_no_other_host(
    connection: BookkeepingConnection, cluster: str
) -> None:
    script = Script(
        {
            "accesstokenvalidation": answer_with({**WHO, "twf.clusterUrl": cluster}),
            "processxml.asmx": listed(office("NL100")),
        }
    )

    evidence = seen(adapter, session_with(adapter, connection, script), "NL100")

    assert (evidence.verdict, evidence.raw_status["reason"]) == (
        V.CONFIG_ERROR,
        "strange_cluster",
    )
    assert len(script.requests) == 1


def test_an_answer_without_a_cluster_tells_that_a_claim_is_missing(
    connection: BookkeepingConnection,
) -> None:
    without = {name: WHO[name] for name in WHO if name != "twf.clusterUrl"}
    script = Script({"accesstokenvalidation": answer_with(without)})

    evidence = seen(adapter, session_with(adapter, connection, script), "NL100")

    assert (evidence.verdict, evidence.raw_status["reason"]) == (
        V.AUTH_REQUIRED,
        "claim_missing",
    )


def test_what_we_send_is_the_documented_request(
    connection: BookkeepingConnection,
) -> None:
    script = Script(
        {
            "accesstokenvalidation": answer_with(WHO),
            "processxml.asmx": listed(office("NL100")),
        }
    )
    session = session_with(adapter, connection, script)

    assert seen(adapter, session, "NL100").verdict == V.FOUND_ACTIVE
    request = script.requests[1]
    assert (request.method, request.url) == (
        "POST",
        "https://accounting2.twinfield.com/webservices/processxml.asmx",
    )
    assert request.headers["SOAPAction"] == (
        '"http://www.twinfield.com/ProcessXmlString"'
    )
    assert "&lt;list&gt;&lt;type&gt;offices&lt;/type&gt;&lt;/list&gt;" in (
        request.body or ""
    )
