"""Tokens: sealed, renewed by one at a time, stored before use, forgotten when lost."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from pytest_django.fixtures import Settings

from adminmoves.bookkeeping import session
from adminmoves.bookkeeping.answers import Evidence
from adminmoves.bookkeeping.gateway import FRESH, can_ask, check
from adminmoves.bookkeeping.vault import SealBroken, reseal, seal, unseal
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionGrant,
    ConnectionLine,
)
from adminmoves.vocabulary import LostGrant, Package, Verdict
from tests.bookkeeping.world import CODES, Consented, Packages
from tests.servers import with_database

V = Verdict
ROTATING = (Package.EXACT_ONLINE, Package.UNIT4, Package.ACCOUNTVIEW)
serial = pytest.mark.django_db
real = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "PAUSE_SECONDS", 0.01)


def linked(
    package: Package, packages: Packages, consented: Consented
) -> BookkeepingConnection:
    """A connection whose access token has ended, so the next question renews it."""
    connection = packages.connection(package)
    consented(connection)
    packages.grow_old(connection)
    return connection


def look(connection: BookkeepingConnection) -> Evidence:
    """Ask after whatever happened; nobody holds the line any more."""
    ConnectionLine.objects.filter(connection=connection).update(
        lease_until=timezone.now() - timedelta(seconds=1), quiet_until=None
    )
    code = CODES[Package(connection.package)]
    return check(connection, code, connection.package_environment, age=FRESH)


def renewals(packages: Packages, connection: BookkeepingConnection) -> int:
    """How often tokens were asked for after the consent."""
    return [call["kind"] for call in packages.calls(connection)].count("token") - 1


def start(
    how: str, connection: BookkeepingConnection, packages: Packages, database: str
) -> subprocess.Popen[str]:
    env = {
        **os.environ,
        **packages.env,
        "DJANGO_SETTINGS_MODULE": "migrations_portal.settings",
        "DATABASE_URL": with_database(os.environ["DATABASE_URL"], database),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bookkeeping.dying", how, str(connection.pk)],
        env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.slow
@real
@pytest.mark.parametrize("package", Package)
def test_kill_9_right_after_storing_loses_nothing(
    package: Package, packages: Packages, consented: Consented, database_name: str
) -> None:
    connection = linked(package, packages, consented)
    before = ConnectionGrant.objects.get(connection=connection)

    killed = start("after", connection, packages, database_name)
    killed.communicate("go\n")

    assert killed.returncode == -9
    after = ConnectionGrant.objects.get(connection=connection)
    assert (after.version, after.lost_at) == (before.version + 1, None)
    assert renewals(packages, connection) == 1
    assert look(connection).verdict == V.FOUND_ACTIVE
    assert renewals(packages, connection) == 1


@pytest.mark.slow
@real
@pytest.mark.parametrize("package", ROTATING)
def test_kill_9_right_before_storing_loses_a_rotating_consent_and_says_so(
    package: Package, packages: Packages, consented: Consented, database_name: str
) -> None:
    connection = linked(package, packages, consented)

    killed = start("before", connection, packages, database_name)
    killed.communicate("go\n")

    assert killed.returncode == -9
    assert renewals(packages, connection) == 1
    # The package counts from its own last token; nobody here knows of that one.
    packages.rehearsal.world.ahead += 600
    assert look(connection).verdict == V.AUTH_REQUIRED
    grant = ConnectionGrant.objects.get(connection=connection)
    assert (grant.lost_why, grant.sealed_refresh) == (LostGrant.REVOKED, "")
    assert not can_ask(BookkeepingConnection.objects.get(pk=connection.pk))

    consented(connection)
    assert look(connection).verdict == V.FOUND_ACTIVE


@pytest.mark.slow
@real
def test_kill_9_before_storing_loses_nothing_where_no_token_rotates(
    packages: Packages, consented: Consented, database_name: str
) -> None:
    connection = linked(Package.TWINFIELD, packages, consented)

    start("before", connection, packages, database_name).communicate("go\n")

    assert look(connection).verdict == V.FOUND_ACTIVE


@pytest.mark.slow
@real
@pytest.mark.parametrize("package", Package)
def test_two_workers_at_once_renew_once(
    package: Package, packages: Packages, consented: Consented, database_name: str
) -> None:
    connection = linked(package, packages, consented)
    packages.befall(connection, "slow", kind="token", times=1, seconds=3)

    pair = [start("never", connection, packages, database_name) for _worker in range(2)]
    for worker in pair:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(2) as both:
        outputs = sorted(both.map(lambda worker: worker.communicate("go\n")[0], pair))

    found = CODES[package] == "411"
    answer = V.FOUND_ACTIVE if found else V.NOT_FOUND_OR_NO_ACCESS
    assert outputs == ["BUSY\n", f"{answer}\n"]
    assert renewals(packages, connection) == 1
    assert look(connection).verdict == V.FOUND_ACTIVE
    assert renewals(packages, connection) == 1


@serial
@pytest.mark.parametrize("package", ROTATING)
def test_a_renewal_whose_answer_got_lost_is_not_hidden(
    package: Package, packages: Packages, consented: Consented
) -> None:
    connection = linked(package, packages, consented)
    packages.befall(connection, "no_refresh", kind="token", times=1)

    assert look(connection).verdict == V.UNAVAILABLE
    packages.rehearsal.world.ahead += 600
    assert look(connection).verdict == V.AUTH_REQUIRED


@serial
@pytest.mark.parametrize(
    "trouble", ["server_error", "too_many", "html", "cut", "hang", "huge", "redirect"]
)
def test_trouble_with_renewing_keeps_the_consent(
    trouble: str, packages: Packages, consented: Consented
) -> None:
    connection = linked(Package.TWINFIELD, packages, consented)
    packages.befall(connection, trouble, kind="token")

    waits = check(connection, "NL100", "KANTOOR-A", age=FRESH, seconds=2).verdict
    packages.heal()

    assert waits in {V.UNAVAILABLE, V.RATE_LIMITED}
    assert look(connection).verdict == V.FOUND_ACTIVE
    assert packages.led_away() == []


@serial
def test_a_token_that_was_just_renewed_is_not_renewed_again(
    packages: Packages, consented: Consented
) -> None:
    connection = linked(Package.UNIT4, packages, consented)
    packages.befall(connection, "unauthorised")

    assert look(connection).verdict == V.AUTH_REQUIRED
    assert renewals(packages, connection) == 1


@serial
def test_without_a_consent_nothing_is_asked(packages: Packages) -> None:
    connection = packages.connection(Package.TWINFIELD)
    assert look(connection).verdict == V.AUTH_REQUIRED
    assert packages.rehearsal.switchboard.journal.rows() == []


@serial
def test_without_a_registration_nothing_is_asked(
    packages: Packages, consented: Consented, settings: Settings
) -> None:
    connection = linked(Package.TWINFIELD, packages, consented)
    settings.PORTAL_CLIENTS = {}
    assert look(connection).raw_status == {"reason": "client_missing"}
    assert renewals(packages, connection) == 0


@serial
def test_a_key_that_is_missing_loses_no_token(
    packages: Packages, consented: Consented, settings: Settings
) -> None:
    connection = linked(Package.TWINFIELD, packages, consented)
    keys = settings.PORTAL_TOKEN_KEYS

    settings.PORTAL_TOKEN_KEYS = [Fernet.generate_key().decode()]
    assert look(connection).raw_status == {"reason": "key_missing"}

    settings.PORTAL_TOKEN_KEYS = keys
    assert look(connection).verdict == V.FOUND_ACTIVE


def test_a_seal_hides_and_only_a_given_key_opens(settings: Settings) -> None:
    old, new = (Fernet.generate_key().decode() for _key in range(2))
    settings.PORTAL_TOKEN_KEYS = [old]
    sealed = seal("AT-EXAMPLE")
    assert "AT-EXAMPLE" not in sealed

    settings.PORTAL_TOKEN_KEYS = [new, old]
    assert unseal(sealed) == "AT-EXAMPLE"
    moved = reseal(sealed)

    settings.PORTAL_TOKEN_KEYS = [new]
    assert unseal(moved) == "AT-EXAMPLE"
    for act in (unseal, reseal):
        with pytest.raises(SealBroken):
            act(sealed)
