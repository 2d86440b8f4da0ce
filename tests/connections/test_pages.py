"""How each connection stands: the list, and the page of one."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from adminmoves.bookkeeping import gateway
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionGrant,
    ConnectionLine,
    ConnectionList,
)
from adminmoves.overview.connections.status import GROUPS
from adminmoves.vocabulary import Package, Verdict
from tests.bookkeeping.world import CODES, Consented, Packages
from tests.builders import make_connection, make_environment
from tests.estate.admin import address
from tests.overview.people import link as leads_to
from tests.overview.people import logged_in, page_words

pytestmark = pytest.mark.django_db
LIST_QUERIES = 5
"""Session, person, their standing; connections, offices."""
API = BookkeepingConnection.Demand.API


@pytest.fixture
def linked(packages: Packages, consented: Consented) -> BookkeepingConnection:
    connection = packages.connection(Package.TWINFIELD)
    consented(connection)
    return connection


def ask(connection: BookkeepingConnection) -> Verdict:
    return gateway.check(
        connection,
        CODES[Package(connection.package)],
        connection.package_environment,
        age=gateway.FRESH,
    ).verdict


def give_grant(
    connection: BookkeepingConnection, user: User, **facts: Any
) -> ConnectionGrant:
    """A consent without any token in it."""
    now = timezone.now()
    return ConnectionGrant.objects.create(
        connection=connection,
        consented_by=user,
        access_until=now,
        refreshed_at=now,
        **facts,
    )


def shown(user: User, connection: BookkeepingConnection) -> str:
    page = reverse("moves:connection", args=[connection.public_id])
    return page_words(logged_in(user).get(page))


def listed(user: User, query: str = "") -> str:
    return page_words(logged_in(user).get(f"/koppelingen/{query}"))


def test_a_connection_shows_who_consented_what_it_shows_and_how_it_went(
    agent: User, linked: BookkeepingConnection
) -> None:
    ask(linked)

    page_text = shown(agent, linked)

    assert "Verbonden" in page_text
    assert "Gegeven door beheerder-1" in page_text
    assert "1 administratie, gezien vandaag" in page_text
    assert "als SYNC01" in page_text
    assert CODES[Package.TWINFIELD] in page_text
    assert "offices beantwoord, HTTP 200" in page_text


def test_trouble_is_shown_with_its_end_and_its_reason(
    agent: User, linked: BookkeepingConnection, packages: Packages
) -> None:
    packages.befall(linked, "too_many", after=300)
    ask(linked)

    page_text = shown(agent, linked)

    assert "Met problemen" in page_text
    assert "We vragen weer vanaf" in page_text
    assert "te vaak gevraagd" in page_text


def test_without_a_consent_the_page_says_so_once(
    agent: User, packages: Packages
) -> None:
    connection = packages.connection(Package.TWINFIELD)
    ask(connection)

    page = shown(agent, connection)

    assert "Nog geen toestemming" in page
    for other in ("Geen antwoord:", "is afgelopen", "We vragen weer vanaf"):
        assert other not in page


def test_a_consent_that_the_package_refuses_is_still_there(
    agent: User, linked: BookkeepingConnection, packages: Packages
) -> None:
    packages.befall(linked, "answer", status=401)
    ask(linked)

    page = shown(agent, linked)

    assert "Gegeven door beheerder-1" in page
    assert "Geen antwoord: het pakket laat ons niet binnen" in page
    assert "Geen antwoord: geen toestemming" not in page


def test_a_consent_for_another_organisation_stays_loud_on_its_page(
    agent: User, packages: Packages, consented: Consented
) -> None:
    connection = packages.connection(Package.TWINFIELD)
    consented(connection, "TWINFIELD:KANTOOR-B")
    ask(connection)

    page_text = shown(agent, connection)

    assert "gegeven in KANTOOR-B, en deze koppeling is KANTOOR-A" in page_text
    assert "Toestemming voor een andere" in listed(agent)
    assert holding(agent, connection) == ["andere"]


def test_administrations_of_other_licences_alone_are_told_too(
    agent: User, packages: Packages, consented: Consented
) -> None:
    connection = packages.connection(Package.EXACT_ONLINE, "KANTOOR-B")
    consented(connection, "EXACT_ONLINE:NL:KANTOOR-A")
    ask(connection)

    assert "deze koppeling is KANTOOR-B" in shown(agent, connection)
    assert "Toestemming voor een andere" in listed(agent)
    assert holding(agent, connection) == ["andere"]


def test_an_empty_list_is_not_taken_for_no_list(
    agent: User, packages: Packages, linked: BookkeepingConnection
) -> None:
    assert "Er is nog geen lijst gekomen" in shown(agent, linked)

    packages.befall(linked, "forget")
    ask(linked)

    assert "De lijst was leeg" in shown(agent, linked)


@pytest.mark.parametrize(
    ("words", "group", "demand", "days", "quiet"),
    [
        (
            "Op verklaring",
            "verklaring",
            BookkeepingConnection.Demand.ATTESTATION,
            None,
            False,
        ),
        ("Nog geen toestemming", "toestemming", API, None, False),
        ("Verbonden", "verbonden", API, 1, False),
        ("Met problemen", "problemen", API, 1, True),
        ("Toestemming beëindigd", "toestemming", API, -1, True),
    ],
)
def test_every_state_of_a_connection_has_its_words(
    words: str,
    group: str,
    demand: str,
    days: int | None,
    quiet: bool,
    agent: User,
    administrator: User,
    packages: Packages,
) -> None:
    """``days``: how long a consent still holds, None without one."""
    now = timezone.now()
    connection = packages.connection(Package.ACCOUNTVIEW)
    BookkeepingConnection.objects.filter(pk=connection.pk).update(demand=demand)
    if days is not None:
        give_grant(connection, administrator, refresh_until=now + timedelta(days=days))
    if quiet:
        ConnectionLine.objects.create(
            connection=connection,
            quiet_until=now + timedelta(minutes=5),
            quiet_why=Verdict.UNAVAILABLE,
        )

    assert words in shown(agent, connection)
    assert words in listed(agent)
    assert holding(agent, connection) == [group]


def holding(user: User, connection: BookkeepingConnection) -> list[str]:
    """The states of the filter that show a connection, in either order."""
    page = reverse("moves:connection", args=[connection.public_id])
    client, found = logged_in(user), set()
    for group in GROUPS:
        for order in ("", "&volgorde=status"):
            answer = client.get(f"/koppelingen/?status={group}{order}")
            if f'href="{page}"' in answer.content.decode():
                found.add((group, order))
    groups = sorted({group for group, _order in found})
    assert len(found) == 2 * len(groups)
    return groups


def test_the_page_of_an_administrator_leads_to_it(
    administrator: User, packages: Packages
) -> None:
    connection = packages.connection(Package.ACCOUNTVIEW)
    browser = logged_in(administrator)

    page = browser.get(address(BookkeepingConnection, "change", connection.pk))

    way = reverse("moves:connection", args=[connection.public_id])
    assert f'href="{way}"' in page.content.decode()
    assert browser.get(address(BookkeepingConnection, "add")).status_code == 200


def test_a_package_without_a_registration_says_so(
    agent: User, packages: Packages, settings: Settings
) -> None:
    settings.PORTAL_CLIENTS = {}
    connection = packages.connection(Package.ACCOUNTVIEW)

    assert "Portaal niet geregistreerd" in shown(agent, connection)
    assert holding(agent, connection) == ["niet-geregistreerd"]


def test_filters_narrow_the_connections_down(agent: User) -> None:
    office = make_environment(office_code="Zuid7")
    make_connection(office, package="TWINFIELD", package_environment="EEN")
    make_connection(office, package="ACCOUNTVIEW", package_environment="TWEE")
    make_connection(package="TWINFIELD", package_environment="DRIE")
    expected = {
        "?kantoor=zuid7": {"EEN", "TWEE"},
        "?pakket=TWINFIELD": {"EEN", "DRIE"},
        "?kantoor=ZUID7&pakket=TWINFIELD": {"EEN"},
        "?pakket=ONZIN": {"EEN", "TWEE", "DRIE"},
        "?kantoor=nergens": set(),
    }

    for query, names in expected.items():
        rows = listed(agent, query)
        assert {name for name in ("EEN", "TWEE", "DRIE") if name in rows} == names, (
            query
        )


def test_what_needs_an_administrator_comes_first(
    agent: User, administrator: User, packages: Packages
) -> None:
    consented = packages.connection(Package.TWINFIELD)
    give_grant(consented, administrator)
    make_connection(package_environment="OP-VERKLARING")
    unsigned = packages.connection(Package.ACCOUNTVIEW)

    answer = logged_in(agent).get("/koppelingen/?volgorde=status")

    page = answer.content.decode()
    named = (unsigned, consented, "OP-VERKLARING")
    places = [page.index(str(name)) for name in named]
    assert places == sorted(places)


def test_pages_show_every_connection_once(agent: User) -> None:
    office = make_environment()
    for number in range(60):
        make_connection(office, package_environment=f"LICENTIE-{number:02}.")
    client, url, seen = logged_in(agent), "?", 0

    while url:
        answer = client.get(f"/koppelingen/{url}")
        seen += page_words(answer).count("LICENTIE-")
        url = leads_to(answer, "next")

    assert seen == 60


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_one_row_as_for_more(
    rows: int,
    agent: User,
    administrator: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    now = timezone.now()
    for _row in range(rows):
        connection = make_connection(demand=API)
        give_grant(connection, administrator)
        ConnectionLine.objects.create(connection=connection, answered_at=now)
        ConnectionList.objects.create(connection=connection, endpoint="offices")
    client = logged_in(agent)

    with django_assert_num_queries(LIST_QUERIES):
        client.get("/koppelingen/")


def test_a_newer_consent_is_not_cut_by_an_older_page(administrator: User) -> None:
    connection = make_connection(demand=API)
    give_grant(connection, administrator)
    grants = ConnectionGrant.objects.filter(connection=connection)
    older = {"version": grants.get().consented_at.isoformat()}
    way = reverse("moves:disconnect", args=[connection.public_id])
    client = logged_in(administrator)
    grants.update(consented_at=timezone.now())

    late, untold = client.post(way, older), client.post(way)

    assert (late.status_code, untold.status_code) == (409, 409)
    assert "beheerder-1 koppelde dit op" in page_words(late)
    assert grants.get().lost_at is None
    newer = grants.get().consented_at.isoformat()
    page = client.get(reverse("moves:connection", args=[connection.public_id]))
    assert f'name="version" value="{newer}"' in page.content.decode()
    client.post(way, {"version": newer})
    assert grants.get().lost_at is not None


# --- why no answer came, and what helps -------------------------------------------


def asked_now(user: User, connection: BookkeepingConnection) -> str:
    """What the page says to an administrator who just pressed "ask now"."""
    way = reverse("moves:ask_connection", args=[connection.public_id])
    return page_words(logged_in(user).post(way, follow=True))


def in_english(user: User, connection: BookkeepingConnection) -> str:
    browser = logged_in(user)
    browser.cookies["taal"] = "en"
    return page_words(
        browser.get(reverse("moves:connection", args=[connection.public_id]))
    )


@pytest.fixture
def exact(packages: Packages, consented: Consented) -> BookkeepingConnection:
    connection = packages.connection(Package.EXACT_ONLINE)
    consented(connection)
    return connection


def test_a_refused_renewal_is_told_with_its_reason_and_its_remedy(
    administrator: User, packages: Packages, exact: BookkeepingConnection
) -> None:
    packages.grow_old(exact)
    packages.befall(
        exact, "token_error", kind="token", error="unauthorized_client", status=401
    )

    page_text = asked_now(administrator, exact)

    assert "Er kwam geen lijst" in page_text
    assert "dat onze toegang al vernieuwd is" in page_text
    assert "als een gebruiker van Exact die geen andere koppeling bedient" in page_text
    assert "Toestemming beëindigd" in page_text
    assert "token geen toestemming bij het pakket, HTTP 401" in page_text
    assert "Geldt tot" not in page_text
    assert "Er is nog niets gevraagd" not in page_text
    assert "renewed already" in in_english(administrator, exact)


@pytest.mark.parametrize(
    ("fault", "details", "words"),
    [
        (
            "outside_consent",
            {},
            ("mag dit daar niet opvragen", "vink de administratie aan die openstaat"),
        ),
        (
            "forbidden",
            {"reason": "NoDivisionAccess"},
            ("geen rechten op de administratie", "een andere administratie openen"),
        ),
        (
            "forbidden",
            {"reason": "LicenseExpired: x"},
            ("De licentie van het kantoor", "naar zijn licentie"),
        ),
        ("html", {"status": 403}, ("een pagina voor mensen", "aan de deur")),
        ("answer", {"status": 400}, ("neemt niet aan wat", "helpt niet")),
    ],
)
def test_a_list_that_does_not_come_is_never_green(
    fault: str,
    details: dict[str, Any],
    words: tuple[str, str],
    administrator: User,
    packages: Packages,
    exact: BookkeepingConnection,
) -> None:
    packages.befall(exact, fault, **details)

    page = asked_now(administrator, exact)

    assert "Het pakket antwoordt" not in page
    assert "Met problemen" in page
    assert all(each in page for each in words), page

    packages.heal()
    ConnectionLine.objects.update(quiet_until=None)
    better = asked_now(administrator, exact)
    assert "Het pakket antwoordt" in better
    assert "Geen antwoord:" not in better


def test_a_consent_that_may_be_lost_asks_for_another_one(
    administrator: User, packages: Packages, exact: BookkeepingConnection
) -> None:
    packages.grow_old(exact)
    packages.befall(exact, "answer", kind="token", status=401)

    page_text = asked_now(administrator, exact)

    assert "het pakket laat ons er nu niet mee binnen" in page_text
    assert "laat dan een beheerder de koppeling opnieuw verbinden" in page_text


def test_a_package_that_shows_nothing_is_not_green_either(
    administrator: User, packages: Packages, linked: BookkeepingConnection
) -> None:
    packages.befall(linked, "forget")

    assert "laat geen enkele administratie zien" in asked_now(administrator, linked)


def test_a_box_that_was_unticked_is_told_with_what_to_do(
    administrator: User, packages: Packages, linked: BookkeepingConnection
) -> None:
    packages.befall(linked, "soap_fault", code=353)

    assert "elk vakje aangevinkt laten" in asked_now(administrator, linked)


def test_connections_of_one_exact_user_name_each_other(
    administrator: User, packages: Packages, consented: Consented
) -> None:
    pair = [packages.connection(Package.EXACT_ONLINE, f"KANTOOR-{x}") for x in "AB"]
    assert "Log in als een eigen gebruiker" in shown(administrator, pair[0])
    for each in pair:
        packages.organisation(each).shared_user = "Portaal"
        consented(each)
        asked_now(administrator, each)

    for one, other in (pair, reversed(pair)):
        page_text = shown(administrator, one)
        assert "Dezelfde gebruiker van Exact bedient andere koppelingen" in page_text
        assert str(other) in page_text


def test_two_users_of_exact_are_not_told_of_each_other(
    administrator: User, packages: Packages, consented: Consented
) -> None:
    for name in ("KANTOOR-A", "KANTOOR-B"):
        connection = packages.connection(Package.EXACT_ONLINE, name)
        consented(connection)
        page_text = asked_now(administrator, connection)
        assert "Dezelfde gebruiker" not in page_text
