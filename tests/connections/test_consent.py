"""An administrator links a connection on the package's own page."""

import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.signing import TimestampSigner, b62_encode
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from adminmoves.bookkeeping import connection_lock, gateway
from adminmoves.bookkeeping.vault import unseal
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionCall,
    ConnectionGrant,
    ConnectionList,
    Event,
    Move,
)
from adminmoves.overview.connections.views import NONCES_KEY
from adminmoves.vocabulary import EventCode, LostGrant, MoveState, Package, Role
from tests.bookkeeping.world import CODES, Consented, Packages, allow
from tests.builders import make_administration, make_draft, make_person, submit

pytestmark = pytest.mark.django_db


def page_of(connection: BookkeepingConnection, name: str = "connection") -> str:
    return reverse(f"moves:{name}", args=[connection.public_id])


@pytest.fixture
def as_administrator(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    # The made-up packages lead back to this machine only.
    client.defaults["SERVER_NAME"] = "127.0.0.1"
    return client


@pytest.fixture
def connection(packages: Packages) -> BookkeepingConnection:
    return packages.connection(Package.TWINFIELD)


def leave(client: Client, connection: BookkeepingConnection) -> str:
    """The address of the package's page that the link leads to."""
    answer = client.get(page_of(connection, "connect"))
    assert answer.status_code == 302
    return str(answer["Location"])


def state_in(page: str) -> str:
    return parse_qs(urlsplit(page).query)["state"][0]


def come_back(client: Client, code: str, state: str) -> str:
    """Return with a code; what the page that follows says."""
    query = {"code": code, "state": state}
    answer = client.get(reverse("moves:returned"), query, follow=True)
    return answer.content.decode()


@pytest.mark.parametrize("package", Package)
def test_a_consent_makes_a_connection_that_can_be_asked(
    package: Package, as_administrator: Client, packages: Packages
) -> None:
    connection = packages.connection(package)
    page = leave(as_administrator, connection)

    page_text = come_back(
        as_administrator, allow(page, packages.key(connection)), state_in(page)
    )

    grant = ConnectionGrant.objects.get(connection=connection)
    assert grant.lost_at is None
    assert "Het pakket antwoordt" in page_text
    assert CODES[package] in page_text
    event = Event.objects.get(code=EventCode.CONNECTION_CONSENTED)
    assert (event.subject, event.params) == (str(connection), {"again": False})


def test_no_token_stands_open_in_the_database(
    as_administrator: Client, packages: Packages, connection: BookkeepingConnection
) -> None:
    page = leave(as_administrator, connection)
    come_back(as_administrator, allow(page, packages.key(connection)), state_in(page))

    grant = ConnectionGrant.objects.get()
    tokens = [unseal(grant.sealed_access), unseal(grant.sealed_refresh)]
    stored = [
        json.dumps(list(model.objects.values()), default=str)
        for model in (ConnectionGrant, ConnectionList, ConnectionCall, Event)
    ]
    assert all(tokens)
    assert not [text for text in stored for token in tokens if token in text]


def test_consent_in_another_organisation_is_told_loudly(
    as_administrator: Client, packages: Packages, connection: BookkeepingConnection
) -> None:
    page = leave(as_administrator, connection)

    page_text = come_back(
        as_administrator, allow(page, "TWINFIELD:KANTOOR-B"), state_in(page)
    )

    assert "De toestemming is voor KANTOOR-B" in page_text


def test_who_refuses_changes_nothing(
    as_administrator: Client, connection: BookkeepingConnection
) -> None:
    state = state_in(leave(as_administrator, connection))

    answer = as_administrator.get(
        reverse("moves:returned"),
        {"error": "access_denied", "state": state},
        follow=True,
    )

    assert "Er is geen toestemming gegeven" in answer.content.decode()
    assert not ConnectionGrant.objects.exists()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("access_denied", "Er is geen toestemming gegeven"),
        ("unauthorized_client", "neemt de registratie van het portaal niet aan"),
        ("invalid_scope", "neemt de registratie van het portaal niet aan"),
        ("server_error", "Het pakket heeft zelf een storing"),
        ("temporarily_unavailable", "Het pakket heeft zelf een storing"),
        ("something_new", "zonder een reden die we kennen"),
        ("", "zonder een reden die we kennen"),
    ],
)
def test_an_error_that_comes_back_says_whose_it_is(
    error: str, words: str, as_administrator: Client, connection: BookkeepingConnection
) -> None:
    state = state_in(leave(as_administrator, connection))
    query = {"error": error, "state": state}

    answer = as_administrator.get(reverse("moves:returned"), query, follow=True)

    assert words in answer.content.decode()
    assert not ConnectionGrant.objects.exists()


def test_a_consent_that_ends_another_one_says_which(
    as_administrator: Client, packages: Packages, consented: Consented
) -> None:
    pair = [packages.connection(Package.EXACT_ONLINE, f"KANTOOR-{x}") for x in "AB"]
    for each in pair:
        packages.organisation(each).shared_user = "Portaal"
    for each in pair:
        page = leave(as_administrator, each)
        code = allow(page, packages.key(each))
        page_text = come_back(as_administrator, code, state_in(page))

    assert f"Dezelfde gebruiker bedient ook {pair[0]}" in page_text


def test_a_code_that_is_refused_is_among_the_newest_requests(
    as_administrator: Client, connection: BookkeepingConnection
) -> None:
    state = state_in(leave(as_administrator, connection))

    page_text = come_back(as_administrator, "not-a-code", state)

    assert "HTTP 400" in page_text


def test_a_state_counts_once(
    as_administrator: Client, packages: Packages, connection: BookkeepingConnection
) -> None:
    page = leave(as_administrator, connection)
    come_back(as_administrator, allow(page, packages.key(connection)), state_in(page))

    page_text = come_back(
        as_administrator, allow(page, packages.key(connection)), state_in(page)
    )

    assert "hoort niet bij een toestemming die je" in page_text
    assert ConnectionGrant.objects.get().version == 1


@pytest.mark.parametrize("length", [0, -2])
def test_a_forged_state_is_refused(
    length: int, as_administrator: Client, connection: BookkeepingConnection
) -> None:
    state = state_in(leave(as_administrator, connection))

    page_text = come_back(as_administrator, "code", state[:length])

    assert "hoort niet bij een toestemming die je" in page_text
    assert not ConnectionGrant.objects.exists()


def test_the_state_of_another_session_is_refused(
    as_administrator: Client, administrator: User, connection: BookkeepingConnection
) -> None:
    state = state_in(leave(as_administrator, connection))
    elsewhere = Client()
    elsewhere.force_login(administrator)

    assert "hoort niet bij een toestemming" in come_back(elsewhere, "code", state)


def test_the_state_of_another_person_is_refused(
    as_administrator: Client, connection: BookkeepingConnection
) -> None:
    state = state_in(leave(as_administrator, connection))
    begun = as_administrator.session[NONCES_KEY]
    other = make_person("beheerder-2", Role.ADMINISTRATOR)
    as_administrator.force_login(other)
    # Even if the session had been kept.
    session = as_administrator.session
    session[NONCES_KEY] = begun
    session.save()

    page_text = come_back(as_administrator, "code", state)

    assert "hoort niet bij een toestemming" in page_text


@pytest.mark.parametrize(("seconds", "holds"), [(590, True), (610, False)])
def test_a_state_holds_ten_minutes(
    seconds: int,
    holds: bool,
    as_administrator: Client,
    packages: Packages,
    connection: BookkeepingConnection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    then = b62_encode(int(time.time()) - seconds)
    with monkeypatch.context() as earlier:
        earlier.setattr(TimestampSigner, "timestamp", lambda _signer: then)
        page = leave(as_administrator, connection)

    come_back(as_administrator, allow(page, packages.key(connection)), state_in(page))

    assert ConnectionGrant.objects.exists() is holds


def test_two_consents_begun_in_one_browser_both_hold(
    as_administrator: Client, packages: Packages, connection: BookkeepingConnection
) -> None:
    other = packages.connection(Package.ACCOUNTVIEW)
    pages = {each.pk: leave(as_administrator, each) for each in (connection, other)}

    for each in (connection, other):
        code = allow(pages[each.pk], packages.key(each))
        come_back(as_administrator, code, state_in(pages[each.pk]))

    assert ConnectionGrant.objects.count() == 2


def test_of_two_browsers_the_last_consent_holds(
    as_administrator: Client,
    administrator: User,
    packages: Packages,
    connection: BookkeepingConnection,
) -> None:
    second = Client(SERVER_NAME="127.0.0.1")
    second.force_login(administrator)
    browsers = [(each, leave(each, connection)) for each in (as_administrator, second)]

    for browser, page in browsers:
        page_text = come_back(
            browser, allow(page, packages.key(connection)), state_in(page)
        )
        assert "Het pakket antwoordt" in page_text

    assert ConnectionGrant.objects.get().version == 2
    consents = Event.objects.filter(code=EventCode.CONNECTION_CONSENTED)
    assert [event.params["again"] for event in consents.order_by("pk")] == [False, True]


def test_while_a_connection_is_asked_it_is_not_connected(
    as_administrator: Client, packages: Packages, connection: BookkeepingConnection
) -> None:
    page = leave(as_administrator, connection)

    with connection_lock.connection_lock(connection, 10):
        code = allow(page, packages.key(connection))
        page_text = come_back(as_administrator, code, state_in(page))

    assert "wordt op dit moment bevraagd" in page_text
    assert not ConnectionGrant.objects.exists()


def test_a_package_that_does_not_answer_leaves_the_old_consent(
    as_administrator: Client,
    packages: Packages,
    consented: Consented,
    connection: BookkeepingConnection,
) -> None:
    before = consented(connection)
    page = leave(as_administrator, connection)
    code = allow(page, packages.key(connection))
    packages.befall(connection, "server_error", kind="token")

    page_text = come_back(as_administrator, code, state_in(page))

    assert "antwoordde niet, dus er is niets gedaan" in page_text
    grant = ConnectionGrant.objects.get()
    assert grant.sealed_refresh == before.sealed_refresh


def test_a_refused_registration_names_who_can_help(
    as_administrator: Client,
    packages: Packages,
    connection: BookkeepingConnection,
    settings: Settings,
) -> None:
    page = leave(as_administrator, connection)
    code = allow(page, packages.key(connection))
    settings.PORTAL_CLIENTS = {"TWINFIELD": ("portal-rehearsal", "wrong")}

    page_text = come_back(as_administrator, code, state_in(page))

    assert "Wie het portaal beheert, kan ernaar kijken" in page_text


def test_access_for_a_short_time_only_is_refused(
    as_administrator: Client, packages: Packages, connection: BookkeepingConnection
) -> None:
    page = leave(as_administrator, connection)
    short = page.replace("+offline_access", "")
    assert short != page

    page_text = come_back(
        as_administrator, allow(short, packages.key(connection)), state_in(page)
    )

    assert "Het pakket gaf maar kort toegang" in page_text
    assert not ConnectionGrant.objects.exists()


def test_a_package_that_we_are_not_registered_at_says_so(
    as_administrator: Client, connection: BookkeepingConnection, settings: Settings
) -> None:
    settings.PORTAL_CLIENTS = {}

    answer = as_administrator.get(page_of(connection, "connect"))

    assert answer.status_code == 409
    assert "nog niet geregistreerd bij dit pakket" in answer.content.decode()


def test_consent_is_given_and_taken_by_administrators_alone(
    packages: Packages, connection: BookkeepingConnection, agent: User, lead: User
) -> None:
    for person in (agent, lead):
        browser = Client()
        browser.force_login(person)

        assert browser.get(page_of(connection, "connect")).status_code == 403
        assert browser.get(reverse("moves:returned")).status_code == 403
        assert browser.post(page_of(connection, "disconnect")).status_code == 403
        page_text = browser.get(page_of(connection)).content.decode()
        assert page_of(connection, "connect") not in page_text


def test_a_code_that_the_package_refuses_is_told(
    as_administrator: Client, connection: BookkeepingConnection
) -> None:
    state = state_in(leave(as_administrator, connection))

    page_text = come_back(as_administrator, "not-a-code", state)

    assert "nam de toestemming niet aan" in page_text
    assert not ConnectionGrant.objects.exists()


def test_what_waits_for_a_connection_is_asked_as_soon_as_it_is_linked(
    as_administrator: Client,
    packages: Packages,
    connection: BookkeepingConnection,
    agent: User,
) -> None:
    draft = make_draft(agent, administration=make_administration(connection))
    move = submit(draft, agent)
    Move.objects.filter(pk=move.pk).update(ask_proof_at=None)
    page = leave(as_administrator, connection)

    come_back(as_administrator, allow(page, packages.key(connection)), state_in(page))

    waits = Move.objects.get(pk=move.pk)
    assert waits.state == MoveState.AWAITING_BOOKKEEPING
    assert waits.ask_proof_at is not None
    assert waits.ask_proof_at <= timezone.now()


def test_disconnecting_forgets_the_tokens(
    as_administrator: Client, packages: Packages, connection: BookkeepingConnection
) -> None:
    page = leave(as_administrator, connection)
    come_back(as_administrator, allow(page, packages.key(connection)), state_in(page))

    seen = ConnectionGrant.objects.get().consented_at.isoformat()
    as_administrator.post(page_of(connection, "disconnect"), {"version": seen})

    grant = ConnectionGrant.objects.get()
    assert (grant.sealed_access, grant.sealed_refresh) == ("", "")
    event = Event.objects.get(code=EventCode.CONNECTION_DISCONNECTED)
    assert (event.actor_name, event.subject) == ("beheerder-1", str(connection))
    shown = as_administrator.get(page_of(connection)).content.decode()
    assert "Toestemming beëindigd" in shown


@pytest.mark.parametrize("package", Package)
def test_a_consent_that_the_package_ended_is_on_the_record(
    package: Package, packages: Packages, consented: Consented
) -> None:
    connection = packages.connection(package)
    consented(connection)
    packages.revoke(connection)
    packages.grow_old(connection)

    for _time in range(2):
        gateway.check(connection, CODES[package], connection.package_environment)

    event = Event.objects.get(code=EventCode.CONSENT_LOST)
    assert (event.actor_role, event.subject) == (Role.WORKER, str(connection))
    grant = ConnectionGrant.objects.get(connection=connection)
    assert (grant.lost_why, grant.sealed_refresh) == (LostGrant.REVOKED, "")


def test_another_consent_forgets_what_the_old_one_showed(
    as_administrator: Client,
    packages: Packages,
    consented: Consented,
    connection: BookkeepingConnection,
) -> None:
    consented(connection, "TWINFIELD:KANTOOR-B")
    gateway.check(connection, None, connection.package_environment)
    page = leave(as_administrator, connection)
    packages.befall(connection, "server_error")

    page_text = come_back(
        as_administrator, allow(page, packages.key(connection)), state_in(page)
    )

    assert "KANTOOR-B" not in page_text
    assert "Er is nog geen lijst gekomen" in page_text


def test_another_consent_ends_the_silence(
    as_administrator: Client,
    packages: Packages,
    consented: Consented,
    connection: BookkeepingConnection,
) -> None:
    consented(connection)
    packages.befall(connection, "too_many", times=1, after=300)
    gateway.check(connection, None, connection.package_environment)
    page = leave(as_administrator, connection)

    page_text = come_back(
        as_administrator, allow(page, packages.key(connection)), state_in(page)
    )

    assert "Het pakket antwoordt" in page_text
