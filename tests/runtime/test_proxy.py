"""The visitor's address counts in the log-in throttle, so nobody may choose it."""

from django.test import RequestFactory
from pytest_django.fixtures import Settings

from migrations_portal.proxy import client_address


def address(rf: RequestFactory, forwarded: str) -> str | None:
    request = rf.get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=forwarded)
    return client_address(request)


def test_behind_a_proxy_only_its_own_word_counts(
    rf: RequestFactory, settings: Settings
) -> None:
    settings.PORTAL_HTTPS = True

    assert address(rf, "1.1.1.1, 203.0.113.7") == "203.0.113.7"
    assert address(rf, "") == "10.0.0.9"


def test_without_a_proxy_the_connection_itself_counts(
    rf: RequestFactory, settings: Settings
) -> None:
    settings.PORTAL_HTTPS = False

    assert address(rf, "203.0.113.7") == "10.0.0.9"
