"""Another key seals the packages' tokens, and nothing is lost on the way."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from adminmoves.bookkeeping import gateway, oauth
from adminmoves.bookkeeping.vault import unseal
from adminmoves.models import BookkeepingConnection, ConnectionGrant
from adminmoves.vocabulary import Package, Verdict
from tests.bookkeeping.world import CODES, Consented, Packages

pytestmark = pytest.mark.django_db
NEWER_KEY = "B" * 43 + "="


@pytest.fixture
def connection(packages: Packages, consented: Consented) -> BookkeepingConnection:
    connection = packages.connection(Package.EXACT_ONLINE)
    consented(connection)
    return connection


def rotate() -> str:
    output = StringIO()
    call_command("rotate_keys", stdout=output)
    return output.getvalue()


def test_the_older_key_can_go_after_a_rotation(
    connection: BookkeepingConnection, settings: Settings
) -> None:
    settings.PORTAL_TOKEN_KEYS = [NEWER_KEY, *settings.PORTAL_TOKEN_KEYS]

    output = rotate()

    settings.PORTAL_TOKEN_KEYS = [NEWER_KEY]
    answer = gateway.check(
        connection, CODES[Package.EXACT_ONLINE], connection.package_environment
    )
    assert output == "Sealed anew: 1.\n"
    assert answer.verdict == Verdict.FOUND_ACTIVE


def test_what_no_key_opens_is_named_and_the_rest_is_sealed_anew(
    connection: BookkeepingConnection,
    packages: Packages,
    consented: Consented,
    settings: Settings,
) -> None:
    old_keys = settings.PORTAL_TOKEN_KEYS
    settings.PORTAL_TOKEN_KEYS = [NEWER_KEY]
    other = packages.connection(Package.TWINFIELD)
    consented(other)
    sealed = ConnectionGrant.objects.get(connection=connection).sealed_refresh

    with pytest.raises(CommandError) as refused:
        rotate()

    assert connection.public_id in str(refused.value)
    assert other.public_id not in str(refused.value)
    grant = ConnectionGrant.objects.get(connection=connection)
    assert grant.sealed_refresh == sealed
    settings.PORTAL_TOKEN_KEYS = old_keys
    assert unseal(grant.sealed_refresh)


def test_a_token_that_comes_during_a_rotation_is_stored(
    connection: BookkeepingConnection,
    packages: Packages,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packages.grow_old(connection)
    settings.PORTAL_TOKEN_KEYS = [NEWER_KEY, *settings.PORTAL_TOKEN_KEYS]
    renew = oauth.refresh

    def renew_and_rotate(*given: Any, **named: Any) -> oauth.Tokens:
        tokens = renew(*given, **named)
        rotate()
        return tokens

    monkeypatch.setattr(oauth, "refresh", renew_and_rotate)
    code = CODES[Package.EXACT_ONLINE]

    first = gateway.check(
        connection, code, connection.package_environment, age=gateway.FRESH
    )
    packages.grow_old(connection)
    second = gateway.check(
        connection, code, connection.package_environment, age=gateway.FRESH
    )

    assert first.verdict == second.verdict == Verdict.FOUND_ACTIVE


def test_a_consent_that_ended_is_left_alone(
    connection: BookkeepingConnection, packages: Packages
) -> None:
    packages.grow_old(connection)
    packages.revoke(connection)
    gateway.check(connection, "411", connection.package_environment)

    assert rotate() == "Sealed anew: 0.\n"
    assert ConnectionGrant.objects.get(connection=connection).sealed_refresh == ""
