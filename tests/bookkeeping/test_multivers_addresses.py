"""Where a Multivers token may go: Exact's own hosts, and those of the settings."""

import pytest
from pytest_django.fixtures import Settings

from adminmoves.bookkeeping.answers import NoAnswer
from adminmoves.bookkeeping.http import HttpClient, Request
from adminmoves.bookkeeping.multivers import SCOPE, Multivers, base_of
from adminmoves.models import BookkeepingConnection
from adminmoves.vocabulary import Package, Verdict

OWN = "multivers.voorbeeld.example:4430"


def connection_to(base_url: str) -> BookkeepingConnection:
    return BookkeepingConnection(package=Package.UNIT4, base_url=base_url)


@pytest.mark.parametrize(
    ("written", "base"),
    [
        ("https://api.multivers.nl/V22", "https://api.multivers.nl/V22"),
        ("https://API.Multivers.nl/V22/", "https://api.multivers.nl/V22"),
        ("https://api.boekhoudgemak.nl/V221", "https://api.boekhoudgemak.nl/V221"),
        (
            "https://sandbox.api.online.unit4.nl/v19",
            "https://sandbox.api.online.unit4.nl/v19",
        ),
        (f"https://{OWN}", f"https://{OWN}"),
        (f"https://{OWN}/api/", f"https://{OWN}/api"),
    ],
)
def test_known_hosts_are_asked(written: str, base: str, settings: Settings) -> None:
    settings.PORTAL_MULTIVERS_HOSTS = [OWN.upper()]
    assert base_of(connection_to(written)) == base


@pytest.mark.parametrize(
    "written",
    [
        "",
        "api.multivers.nl/V22",
        "http://api.multivers.nl/V22",
        "ftp://api.multivers.nl/V22",
        "https://api.multivers.nl",
        "https://api.multivers.nl/",
        "https://api.multivers.nl/V",
        "https://api.multivers.nl/V22/api",
        "https://api.multivers.nl/V22/../x",
        "https://api.multivers.nl/V٢٢",
        "https://api.multivers.nl/V22?x=1",
        "https://api.multivers.nl/V22#x",
        "https://api.multivers.nl:443/V22",
        "https://api.multivers.nl:8443/V22",
        "https://user:pass@api.multivers.nl/V22",
        "https://api.multivers.nl@evil.example/V22",
        "https://api.multivers.nl.evil.example/V22",
        "https://evil.example/api.multivers.nl/V22",
        "https://evil.example\\@api.multivers.nl/V22",
        "https://xapi.multivers.nl/V22",
        "https://apixmultivers.nl/V22",
        "https://127.0.0.1/V22",
        "https://[::1/V22",
        "https://multivers.voorbeeld.example/V22",
        f"https://user@{OWN}/api",
        f"https://{OWN}/a/../b",
        f"https://{OWN}/a%2fb",
        f"http://{OWN}/api",
    ],
)
def test_no_other_address_gets_a_token(written: str, settings: Settings) -> None:
    settings.PORTAL_MULTIVERS_HOSTS = [OWN]
    for ask in (Multivers().oauth, Multivers().endpoints):
        with pytest.raises(NoAnswer) as caught:
            ask(connection_to(written))
        seen = (caught.value.verdict, caught.value.reason)
        assert seen == (Verdict.CONFIG_ERROR, "base_url")


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("PUT", "https://api.multivers.nl/V22/api/MVL00124/CompanyDetailsInfo"),
        ("DELETE", "https://api.multivers.nl/V22/api/AdministrationInfoList"),
        ("POST", "https://api.multivers.nl/V22/api/AdministrationInfoList"),
        ("GET", "https://api.multivers.nl/V22/api/Administration/MVL00124"),
        ("GET", "https://api.multivers.nl/V22/api/MVL00124/CustomerInfoList"),
        ("GET", "https://api.multivers.nl/V22/api/../OAuth/CompanyDetailsInfo/x"),
        ("GET", "https://api.multivers.nl/V21/api/AdministrationInfoList"),
        ("GET", "https://api.boekhoudgemak.nl/V22/api/AdministrationInfoList"),
    ],
)
def test_nothing_else_is_asked(method: str, url: str) -> None:
    endpoints = Multivers().endpoints(connection_to("https://api.multivers.nl/V22"))
    with HttpClient(endpoints, 1) as http_client, pytest.raises(NoAnswer) as caught:
        http_client.send(Request(method, url))
    assert caught.value.reason == "address_not_allowed"


def test_consent_is_asked_at_the_same_base() -> None:
    way = Multivers().oauth(connection_to("https://api.boekhoudgemak.nl/V221"))
    assert way.authorize == "https://api.boekhoudgemak.nl/V221/OAuth/Authorize"
    assert way.token == "https://api.boekhoudgemak.nl/V221/OAuth/Token"  # noqa: S105 - an address
    assert (way.scope, way.basic) == (SCOPE, False)
    assert SCOPE == "http://UNIT4.Multivers.API/Web/WebApi/*"
