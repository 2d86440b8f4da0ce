"""What others recorded of the packages, over HTTP: the verdict, the reason, the tokens.

Each answer is tried at every package that can give it, and the consent is kept unless
the package says for sure that it is lost.
"""

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.utils import timezone

from adminmoves.bookkeeping import session
from adminmoves.bookkeeping.answers import Evidence
from adminmoves.bookkeeping.gateway import FRESH, check
from adminmoves.bookkeeping.grants import needs_consent
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionCall,
    ConnectionGrant,
    ConnectionLine,
    ConnectionList,
)
from adminmoves.vocabulary import Package, Verdict
from tests.bookkeeping.world import CODES, Consented, Packages

pytestmark = pytest.mark.django_db
V, P = Verdict, Package
PAGE = "<!DOCTYPE html><title>Geblokkeerd: één moment</title>"
HTML = "text/html"
E = P.EXACT_ONLINE
TOO_EARLY = "Rate limit exceeded: access_token not expired"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "PAUSE_SECONDS", 0.01)


@pytest.fixture
def linked(packages: Packages, consented: Consented) -> Any:
    """A connection to a package; ``old``: its access token has ended."""

    def connection_to(package: Package, *, old: bool = False) -> BookkeepingConnection:
        connection = packages.connection(package)
        consented(connection)
        if old:
            packages.grow_old(connection)
        return connection

    return connection_to


def look(connection: BookkeepingConnection) -> Evidence:
    ConnectionLine.objects.filter(connection=connection).update(quiet_until=None)
    code = CODES[Package(connection.package)]
    return check(connection, code, connection.package_environment, age=FRESH)


def summed(evidence: Evidence) -> tuple[Verdict, str]:
    return evidence.verdict, str(evidence.raw_status.get("reason", ""))


def keeps_tokens(connection: BookkeepingConnection) -> bool:
    grant = ConnectionGrant.objects.get(connection=connection)
    return bool(grant.lost_at is None and grant.sealed_refresh)


def waits(evidence: Evidence) -> int | None:
    """Seconds until it may be asked again, in tens."""
    if evidence.retry_at is None:
        return None
    return round((evidence.retry_at - timezone.now()).total_seconds() / 10) * 10


# --- the token endpoint -----------------------------------------------------------

LOST: dict[str, tuple[dict[str, Any], tuple[Package, ...], str]] = {
    "invalid_grant": ({"error": "invalid_grant"}, (*Package,), "consent_ended"),
    "in another case": ({"error": "Invalid_Grant"}, (*Package,), "consent_ended"),
    "with 401": (
        {"error": "invalid_grant", "status": 401},
        (*Package,),
        "consent_ended",
    ),
    "used before": (
        {"error": "unauthorized_client", "status": 401},
        (E,),
        "token_used",
    ),
    "used before, 400": ({"error": "unauthorized_client"}, (E,), "token_used"),
}
CONSENT_STAYS: dict[str, tuple[dict[str, Any], tuple[Package, ...], Verdict, str]] = {
    "too early, without its header": (
        {"error": "access_denied", "description": TOO_EARLY},
        (E,),
        V.RATE_LIMITED,
        "too_early",
    ),
    "too early, with 401": (
        {"error": "access_denied", "status": 401},
        (E,),
        V.RATE_LIMITED,
        "too_early",
    ),
    "denied elsewhere": (
        {"error": "access_denied"},
        (P.TWINFIELD, P.UNIT4, P.ACCOUNTVIEW),
        V.UNAVAILABLE,
        "token_endpoint",
    ),
    "not for this grant elsewhere": (
        {"error": "unauthorized_client"},
        (P.TWINFIELD, P.UNIT4, P.ACCOUNTVIEW),
        V.CONFIG_ERROR,
        "client_refused",
    ),
    **{
        f"{error}, {status}": ({"error": error, "status": status}, (*Package,), *means)
        for error, status, means in (
            ("temporarily_unavailable", 400, (V.UNAVAILABLE, "token_endpoint")),
            ("server_error", 400, (V.UNAVAILABLE, "token_endpoint")),
            ("something_new", 400, (V.UNAVAILABLE, "token_endpoint")),
            ("something_new", 401, (V.UNAVAILABLE, "token_endpoint")),
            ("invalid_grant", 503, (V.UNAVAILABLE, "token_endpoint")),
            ("unsupported_grant_type", 400, (V.CONFIG_ERROR, "request_refused")),
            ("invalid_request", 400, (V.CONFIG_ERROR, "request_refused")),
            ("invalid_client", 401, (V.CONFIG_ERROR, "client_refused")),
        )
    },
}
NAMELESS: dict[str, tuple[dict[str, Any], Verdict, str]] = {
    "401, empty": ({"status": 401}, V.AUTH_REQUIRED, "token_refused"),
    "400, empty": ({"status": 400}, V.UNAVAILABLE, "token_endpoint"),
    "403, a page": (
        {"status": 403, "body": PAGE, "content_type": HTML, "charset": "latin-1"},
        V.UNAVAILABLE,
        "html",
    ),
    "200, a page": ({"body": PAGE, "content_type": HTML}, V.UNAVAILABLE, "no_token"),
    "429, a page": (
        {"status": 429, "body": PAGE, "charset": "latin-1"},
        V.RATE_LIMITED,
        "tokens_limited",
    ),
    "503, a page": (
        {"status": 503, "body": PAGE, "charset": "utf-16"},
        V.UNAVAILABLE,
        "token_endpoint",
    ),
    "an error that is no text": (
        {"status": 400, "body": '{"error": {"code": 1}}'},
        V.UNAVAILABLE,
        "token_endpoint",
    ),
}


@pytest.mark.parametrize(
    ("name", "package"),
    [(name, package) for name, case in LOST.items() for package in case[1]],
)
def test_a_consent_that_is_lost_for_sure_is_forgotten(
    name: str, package: Package, packages: Packages, linked: Any
) -> None:
    options, _packages, reason = LOST[name]
    connection = linked(package, old=True)
    packages.befall(connection, "token_error", kind="token", **options)

    assert summed(look(connection)) == (V.AUTH_REQUIRED, reason)
    assert not keeps_tokens(connection)


@pytest.mark.parametrize(
    ("name", "package"),
    [(name, package) for name, case in CONSENT_STAYS.items() for package in case[1]],
)
def test_any_other_error_keeps_the_tokens(
    name: str, package: Package, packages: Packages, linked: Any
) -> None:
    options, _packages, verdict, reason = CONSENT_STAYS[name]
    connection = linked(package, old=True)
    packages.befall(connection, "token_error", kind="token", **options)

    assert summed(look(connection)) == (verdict, reason)
    assert keeps_tokens(connection)
    [call] = ConnectionCall.objects.filter(connection=connection)
    assert (call.endpoint, call.outcome, call.reason) == ("token", verdict, reason)

    packages.heal()
    assert look(connection).verdict == V.FOUND_ACTIVE


@pytest.mark.parametrize("package", [P.TWINFIELD, E])
@pytest.mark.parametrize("name", NAMELESS)
def test_a_refusal_without_a_name_keeps_the_tokens(
    name: str, package: Package, packages: Packages, linked: Any
) -> None:
    options, verdict, reason = NAMELESS[name]
    connection = linked(package, old=True)
    packages.befall(connection, "answer", kind="token", **options)

    assert summed(look(connection)) == (verdict, reason)
    assert keeps_tokens(connection)


REFUSED: dict[str, tuple[Package, dict[str, Any]]] = {
    "consent_required": (P.TWINFIELD, {"error": "consent_required"}),
    "expired_token": (P.ACCOUNTVIEW, {"error": "expired_token", "status": 401}),
    "access_denied": (E, {"error": "access_denied"}),
    "empty": (P.UNIT4, {"status": 403}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_renewal_that_stays_refused_asks_for_a_consent(
    name: str, packages: Packages, linked: Any
) -> None:
    package, options = REFUSED[name]
    connection = linked(package, old=True)
    fault = "token_error" if "error" in options else "answer"
    packages.befall(connection, fault, kind="token", **options)

    first = [look(connection).verdict for _time in range(5)]
    assert V.AUTH_REQUIRED not in first
    refused = look(connection)
    assert summed(refused) == (V.AUTH_REQUIRED, "renewal_refused")
    assert waits(refused) == 3600
    assert keeps_tokens(connection)
    assert BookkeepingConnection.objects.filter(needs_consent()).exists()

    packages.heal()
    assert look(connection).verdict == V.FOUND_ACTIVE
    assert not BookkeepingConnection.objects.filter(needs_consent()).exists()


def test_a_renewal_that_is_refused_for_an_hour_asks_for_a_consent(
    packages: Packages, linked: Any
) -> None:
    connection = linked(E, old=True)
    packages.befall(connection, "token_error", kind="token", error="access_denied")
    assert look(connection).verdict == V.RATE_LIMITED

    earlier = timezone.now() - timedelta(minutes=61)
    ConnectionCall.objects.filter(connection=connection).update(at=earlier)
    assert summed(look(connection)) == (V.AUTH_REQUIRED, "renewal_refused")


def test_trouble_of_the_package_never_asks_for_a_consent(
    packages: Packages, linked: Any
) -> None:
    connection = linked(P.TWINFIELD, old=True)
    error = "temporarily_unavailable"
    packages.befall(connection, "token_error", kind="token", error=error)

    assert {look(connection).verdict for _time in range(7)} == {V.UNAVAILABLE}


def test_the_newest_consent_of_one_exact_user_ends_the_one_before(
    packages: Packages, consented: Consented, linked: Any
) -> None:
    first = packages.connection(E)
    second = packages.connection(E, "KANTOOR-B")
    for each in (first, second):
        packages.organisation(each).shared_user = "Portaal"
        consented(each)
        look(each)
    packages.grow_old(first)
    ConnectionGrant.objects.filter(connection=second).update(
        refreshed_at=timezone.now() - timedelta(hours=2),
        access_until=timezone.now() - timedelta(hours=1),
    )

    assert look(second).verdict == V.WRONG_ENVIRONMENT
    assert summed(look(first)) == (V.AUTH_REQUIRED, "token_used")
    assert (keeps_tokens(first), keeps_tokens(second)) == (False, True)
    ids = ConnectionList.objects.values_list("user_id", flat=True)
    assert len(set(ids)) == 1
    assert "" not in ids


# --- the status before the body ---------------------------------------------------

CHARSETS = ("utf-8", "latin-1", "utf-16")


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("package", Package)
def test_a_page_at_the_front_door_is_not_our_user(
    package: Package, charset: str, packages: Packages, linked: Any
) -> None:
    connection = linked(package)
    packages.befall(
        connection, "answer", status=403, body=PAGE, charset=charset, content_type=HTML
    )

    assert summed(look(connection)) == (V.UNAVAILABLE, "html")
    assert keeps_tokens(connection)


@pytest.mark.parametrize("package", Package)
def test_a_page_that_is_no_text_hides_no_limit(
    package: Package, packages: Packages, linked: Any
) -> None:
    connection = linked(package)
    packages.befall(connection, "html", status=429, charset="latin-1", retry_after=60)

    limited = look(connection)

    assert (limited.verdict, waits(limited)) == (V.RATE_LIMITED, 60)


@pytest.mark.parametrize(
    "options",
    [
        {"body": "è", "charset": "latin-1"},
        {"body": "", "header": "Content-Encoding: gzip"},
        {"body": "no gzip", "header": "Content-Encoding: gzip"},
        {"body": "<soap:Fault", "content_type": "text/xml"},
    ],
)
@pytest.mark.parametrize("package", Package)
def test_what_is_no_text_hides_no_401(
    package: Package, options: dict[str, Any], packages: Packages, linked: Any
) -> None:
    connection = linked(package)
    earlier = timezone.now() - timedelta(minutes=15)
    ConnectionGrant.objects.filter(connection=connection).update(refreshed_at=earlier)
    packages.rehearsal.world.ahead = 575
    packages.befall(connection, "answer", status=401, times=1, **options)

    assert look(connection).verdict == V.FOUND_ACTIVE


@pytest.mark.parametrize("package", Package)
def test_a_list_may_come_compressed_unasked(
    package: Package, packages: Packages, linked: Any
) -> None:
    connection = linked(package)
    packages.befall(connection, "gzip")
    assert look(connection).verdict == V.FOUND_ACTIVE

    packages.heal()
    packages.befall(connection, "gzip", broken=True)
    assert summed(look(connection)) == (V.UNAVAILABLE, "not_text")


@pytest.mark.parametrize("package", Package)
def test_a_request_that_is_refused_is_our_mistake_and_not_repeated(
    package: Package, packages: Packages, linked: Any
) -> None:
    connection = linked(package)
    body = '{"error": {"message": {"value": "a field is not known"}}}'
    packages.befall(connection, "answer", status=400, body=body)

    answers = [look(connection)]
    before = len(packages.calls(connection))
    code = CODES[package]
    answers += [
        check(connection, code, connection.package_environment, age=FRESH)
        for _again in range(5)
    ]

    assert summed(answers[0]) == (V.CONFIG_ERROR, "request_refused")
    assert {answer.verdict for answer in answers} == {V.CONFIG_ERROR}
    assert len(packages.calls(connection)) == before


@pytest.mark.parametrize(
    "options",
    [
        {"fault": "forbidden", "reason": "DivisionBlocked"},
        {"fault": "html", "status": 403},
        {"fault": "html", "status": 400},
    ],
)
def test_what_exact_counts_as_a_refusal_leaves_it_alone(
    options: dict[str, Any], packages: Packages, linked: Any
) -> None:
    connection = linked(E)
    packages.befall(connection, options.pop("fault"), **options)
    look(connection)

    line = ConnectionLine.objects.get(connection=connection)

    assert line.quiet_until is not None
    left = line.quiet_until - timezone.now()
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)


@pytest.mark.parametrize("kind", ["token", "list"])
@pytest.mark.parametrize("how", ["seconds", "date"])
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("package", Package)
def test_how_long_to_wait_is_heeded_wherever_it_is_told(
    package: Package, status: int, how: str, kind: str, packages: Packages, linked: Any
) -> None:
    connection = linked(package, old=kind == "token")
    moment = timezone.now() + timedelta(seconds=3600)
    retry_after = "3600" if how == "seconds" else format_datetime(moment, usegmt=True)
    packages.befall(
        connection, "html", kind=kind, status=status, retry_after=retry_after
    )

    waiting = look(connection)

    verdict = V.RATE_LIMITED if status == 429 else V.UNAVAILABLE
    assert (waiting.verdict, waits(waiting)) == (verdict, 3600)
    line = ConnectionLine.objects.get(connection=connection)
    assert line.quiet_until == waiting.retry_at
    assert keeps_tokens(connection)


@pytest.mark.parametrize(
    "retry_after", ["0", "-5", "soon", "Mon, 01 Jan 2001 10:00:00 GMT"]
)
def test_a_wait_that_is_none_is_a_minute(
    retry_after: str, packages: Packages, linked: Any
) -> None:
    connection = linked(E)
    packages.befall(connection, "too_many", retry_after=retry_after)
    look(connection)

    line = ConnectionLine.objects.get(connection=connection)
    assert line.quiet_until is not None
    assert line.quiet_until > timezone.now() + timedelta(seconds=50)


# --- Exact ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["who", "list"])
@pytest.mark.parametrize(
    ("reason", "verdict", "why"),
    [
        ("NoDivisionAccess", V.AUTH_REQUIRED, "no_division_access"),
        ("LicenseExpired: some words", V.AUTH_REQUIRED, "licence_expired"),
        ("blockeduser - some words", V.AUTH_REQUIRED, "user_blocked"),
        ("DivisionBlocked: x", V.UNAVAILABLE, "division_blocked"),
        ("SomethingNew: x", V.AUTH_REQUIRED, "forbidden"),
    ],
)
def test_a_reason_of_exact_is_known_by_its_code(
    reason: str, verdict: Verdict, why: str, kind: str, packages: Packages, linked: Any
) -> None:
    connection = linked(E)
    packages.befall(connection, "forbidden", kind=kind, reason=reason)

    assert summed(look(connection)) == (verdict, why)


@pytest.mark.parametrize("date", ["/Date(-62135596800000)/", "/Date(1779840000000)/"])
def test_an_archive_date_decides_nothing(
    date: str, packages: Packages, linked: Any
) -> None:
    connection = linked(E)
    packages.organisation(connection).administrations[0].archive_date = date

    assert look(connection).verdict == V.FOUND_ACTIVE


@pytest.mark.parametrize("kind", ["who", "list"])
def test_exact_may_put_one_row_under_results(
    kind: str, packages: Packages, linked: Any
) -> None:
    connection = linked(E)
    packages.befall(connection, "lone", kind=kind, results=True)

    assert look(connection).verdict == V.FOUND_ACTIVE


@pytest.mark.parametrize("package", [E, P.UNIT4, P.ACCOUNTVIEW])
@pytest.mark.parametrize("kind", ["who", "list"])
def test_one_row_without_a_list_around_it_is_read(
    kind: str, package: Package, packages: Packages, linked: Any
) -> None:
    connection = linked(package)
    packages.befall(connection, "lone", kind=kind)

    assert look(connection).verdict == V.FOUND_ACTIVE


@pytest.mark.parametrize(
    "body", ["{}", '{"d": {}}', '{"d": {"x": 1}}', '{"messages": []}']
)
@pytest.mark.parametrize("package", [E, P.UNIT4, P.ACCOUNTVIEW])
def test_an_object_that_is_no_row_says_nothing(
    package: Package, body: str, packages: Packages, linked: Any
) -> None:
    connection = linked(package)
    packages.befall(connection, "answer", body=body)

    assert look(connection).verdict == V.UNAVAILABLE


@pytest.mark.parametrize("package", Package)
def test_one_administration_that_is_shown_twice_is_one(
    package: Package, packages: Packages, linked: Any
) -> None:
    connection = linked(package)
    packages.befall(connection, "twice")
    assert look(connection).verdict == V.FOUND_ACTIVE

    packages.heal()
    packages.befall(connection, "dup")
    assert look(connection).verdict == V.AMBIGUOUS


@pytest.mark.parametrize("package", Package)
def test_a_control_character_in_a_name_spoils_no_list(
    package: Package, packages: Packages, linked: Any
) -> None:
    connection = linked(package)
    packages.befall(connection, "control")

    assert look(connection).verdict == V.FOUND_ACTIVE


def test_a_reference_of_html_spoils_no_list(packages: Packages, linked: Any) -> None:
    connection = linked(P.TWINFIELD)
    packages.befall(connection, "control", text="&nbsp;&")

    assert look(connection).verdict == V.FOUND_ACTIVE


def test_a_fault_that_says_when_is_not_asked_again_at_once(
    packages: Packages, linked: Any
) -> None:
    connection = linked(P.TWINFIELD)
    packages.befall(connection, "soap_fault", code=100, retry_after=3600)

    assert waits(look(connection)) == 3600
    assert (
        len([each for each in packages.calls(connection) if each["kind"] == "list"])
        == 1
    )


def test_a_bare_control_character_spoils_no_json(
    packages: Packages, linked: Any
) -> None:
    connection = linked(P.ACCOUNTVIEW)
    body = '[{"Id": "1", "Code": "KORENAAR", "Description": "A\x1fB"}]'
    packages.befall(connection, "answer", body=body)

    assert look(connection).verdict == V.FOUND_ACTIVE


# --- Twinfield --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "verdict", "reason"),
    [
        ("twf.clusterUrl", V.AUTH_REQUIRED, "claim_missing"),
        ("twf.organisationCode", V.AUTH_REQUIRED, "claim_missing"),
    ],
)
def test_a_box_that_was_unticked_asks_for_another_consent(
    claim: str, verdict: Verdict, reason: str, packages: Packages, linked: Any
) -> None:
    connection = linked(P.TWINFIELD)
    packages.befall(connection, "without_claim", kind="who", claim=claim)

    assert summed(look(connection)) == (verdict, reason)
    assert keeps_tokens(connection)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (107, V.UNAVAILABLE),
        (110, V.UNAVAILABLE),
        (122, V.CONFIG_ERROR),
        (168, V.UNAVAILABLE),
        (186, V.CONFIG_ERROR),
        (187, V.CONFIG_ERROR),
        (359, V.CONFIG_ERROR),
        (999, V.UNAVAILABLE),
    ],
)
def test_a_fault_of_twinfield_means_what_its_maker_says(
    code: int, verdict: Verdict, packages: Packages, linked: Any
) -> None:
    connection = linked(P.TWINFIELD)
    packages.befall(connection, "soap_fault", code=code)

    assert look(connection).verdict == verdict


@pytest.mark.parametrize("code", ["none", 999, 102])
def test_a_soap_fault_hides_no_401(
    code: int | str, packages: Packages, linked: Any
) -> None:
    connection = linked(P.TWINFIELD)
    packages.befall(connection, "soap_fault", code=code, status=401, times=1)

    assert look(connection).verdict == V.FOUND_ACTIVE


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(403, V.AUTH_REQUIRED), (404, V.CONFIG_ERROR), (500, V.UNAVAILABLE)],
)
def test_a_soap_fault_without_a_code_is_its_status(
    status: int, verdict: Verdict, packages: Packages, linked: Any
) -> None:
    connection = linked(P.TWINFIELD)
    packages.befall(connection, "soap_fault", code="none", status=status)

    assert look(connection).verdict == verdict


@pytest.mark.parametrize(
    "cluster",
    [
        "Accounting.Twinfield.com",
        "api.accounting2.twinfield.com",
        "accounting2.twinfield.com:443",
    ],
)
def test_a_cluster_is_known_however_it_is_written(
    cluster: str, packages: Packages, linked: Any
) -> None:
    connection = linked(P.TWINFIELD)
    packages.rehearsal.world.cluster = cluster

    assert look(connection).verdict == V.FOUND_ACTIVE
