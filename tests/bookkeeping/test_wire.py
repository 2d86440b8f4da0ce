"""The safety rules of HTTP: what is asked, of whom, how long and how much."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings
from urllib3.util import connection as urllib3_connection

from adminmoves.bookkeeping.answers import NoAnswer
from adminmoves.bookkeeping.bodies import MOST_BYTES
from adminmoves.bookkeeping.gateway import ADAPTERS
from adminmoves.bookkeeping.http import AllowedEndpoint, HttpAnswer, HttpClient, Request
from adminmoves.bookkeeping.http import page_address as address_of_page
from adminmoves.bookkeeping.twinfield import SERVICE
from adminmoves.vocabulary import Package, Verdict
from tests.bookkeeping.crooked import HOST, Crooked, Respond, crooked, dripping, sending
from tests.bookkeeping.world import Packages

HERE = f"https://{HOST}/list"
DOORS = (AllowedEndpoint("GET", r"login\.twinfield\.com", "/list"),)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
Serving = Callable[[Respond], Crooked]


@pytest.fixture
def serving(tmp_path: Path, settings: Settings) -> Iterator[Serving]:
    """Starts a server that takes the place of the packages."""
    with ExitStack() as stack:

        def serve(respond: Respond) -> Crooked:
            server = stack.enter_context(crooked(tmp_path, respond))
            settings.PORTAL_ENDPOINT_PROFILE = "rehearsal"
            settings.PORTAL_REHEARSAL = server.address
            settings.PORTAL_REHEARSAL_CA = str(server.ca_file)
            return server

        yield serve


def send(url: str = HERE, method: str = "GET", seconds: float = 10) -> HttpAnswer:
    with HttpClient(DOORS, seconds) as http_client:
        return http_client.send(Request(method, url))


def refusal_of(url: str = HERE, method: str = "GET", seconds: float = 10) -> str:
    with pytest.raises(NoAnswer) as caught:
        send(url, method, seconds)
    return f"{caught.value.verdict} {caught.value.reason}"


def test_an_answer_comes_as_it_was_sent(serving: Serving) -> None:
    serving(
        sending(b"HTTP/1.1 418 Tea\r\nX-One: 1\r\nContent-Length: 3\r\n\r\n\xc3\xa91")
    )
    assert send() == HttpAnswer(418, {"x-one": "1", "content-length": "3"}, "é1")


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", HERE),
        ("DELETE", HERE),
        ("GET", f"https://{HOST}/elsewhere"),
        ("GET", f"https://{HOST}/list/more"),
        ("GET", f"http://{HOST}/list"),
        ("GET", "https://evil.example/list"),
        ("GET", f"https://{HOST}.evil.example/list"),
        ("GET", f"https://{HOST}@evil.example/list"),
        ("GET", f"https://{HOST}:8443/list"),
        ("GET", "https://127.0.0.1/list"),
    ],
)
def test_nothing_else_is_asked(serving: Serving, method: str, url: str) -> None:
    server = serving(sending(HEAD % 0))
    assert refusal_of(url, method) == f"{Verdict.CONFIG_ERROR} address_not_allowed"
    assert server.met == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(serving: Serving, status: int) -> None:
    server = serving(
        sending(
            b"HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
            % (status, HERE.encode())
        )
    )
    assert refusal_of() == f"{Verdict.UNAVAILABLE} redirect"
    assert server.met == 1


def test_an_answer_may_be_so_large_and_no_larger(serving: Serving) -> None:
    serving(sending(HEAD % MOST_BYTES, b"x" * MOST_BYTES))
    assert len(send().text) == MOST_BYTES


@pytest.mark.parametrize(
    "head",
    [HEAD % (MOST_BYTES + 1), b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"],
)
def test_a_larger_one_is_not_read_to_its_end(serving: Serving, head: bytes) -> None:
    serving(sending(head, b"x" * (MOST_BYTES + 1)))
    assert refusal_of() == f"{Verdict.UNAVAILABLE} too_large"


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Slow: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_whoever_drips_is_cut_off_at_the_deadline(
    serving: Serving, start: bytes, drop: bytes
) -> None:
    serving(dripping(start, drop))
    assert refusal_of(seconds=1) == f"{Verdict.UNAVAILABLE} timeout"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "connection"),
        (HEAD % 100 + b"half", "connection"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nh", "connection"),
        (b"no HTTP at all\r\n\r\n", "connection"),
        (HEAD % 2 + b"\xff\xfe", "not_text"),
    ],
)
def test_half_an_answer_is_none(serving: Serving, answer: bytes, reason: str) -> None:
    serving(sending(answer))
    assert refusal_of() == f"{Verdict.UNAVAILABLE} {reason}"


def test_another_authority_is_not_trusted(
    serving: Serving, tmp_path: Path, settings: Settings
) -> None:
    serving(sending(HEAD % 0))
    (tmp_path / "other").mkdir()
    with crooked(tmp_path / "other", sending()) as other:
        settings.PORTAL_REHEARSAL_CA = str(other.ca_file)
    assert refusal_of() == f"{Verdict.UNAVAILABLE} certificate"


def test_a_certificate_of_another_host_is_not_enough(
    packages: Packages, serving: Serving
) -> None:
    serving(sending(HEAD % 0))
    endpoints = (AllowedEndpoint("GET", "www[.]accountview[.]net", "/list"),)
    with HttpClient(endpoints, 10) as http_client, pytest.raises(NoAnswer) as caught:
        http_client.send(Request("GET", "https://www.accountview.net/list"))
    assert caught.value.reason == "certificate"


def test_live_asks_the_live_host_and_trusts_no_rehearsal(
    serving: Serving, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way out is led to the rehearsal, as an attacker in between would."""
    server, connected = serving(sending(HEAD % 0)), []
    host, port = server.address.split(":")

    def led_astray(address: tuple[str, int], *_rest: object, **_more: object) -> object:
        connected.append(address)
        return socket.create_connection((host, int(port)))

    monkeypatch.setattr(urllib3_connection, "create_connection", led_astray)
    settings.PORTAL_ENDPOINT_PROFILE = "live"

    assert refusal_of() == f"{Verdict.UNAVAILABLE} certificate"
    assert connected == [(HOST, 443)]


def test_a_page_for_people_is_at_loopback_in_the_rehearsal_only(
    packages: Packages, settings: Settings
) -> None:
    page = f"https://{HOST}/consent?state=1"
    rehearsed = address_of_page(page)
    settings.PORTAL_ENDPOINT_PROFILE = "live"
    assert (rehearsed, address_of_page(page)) == (
        f"http://127.0.0.1:{packages.rehearsal.pages_port}/{HOST}/consent?state=1",
        page,
    )


@pytest.mark.parametrize(("https", "starts"), [("yes", False), ("no", True)])
def test_production_does_not_start_with_a_rehearsal(https: str, starts: bool) -> None:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "migrations_portal.settings",
        "PORTAL_HTTPS": https,
        "PORTAL_ENDPOINT_PROFILE": "rehearsal",
    }
    done = subprocess.run(
        [sys.executable, "-c", "import migrations_portal.settings"],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) == starts
    assert ("asks no rehearsal" in done.stderr) != starts


@pytest.mark.django_db
@pytest.mark.parametrize("package", Package)
def test_all_that_is_ever_posted_is_for_tokens_and_for_one_list(
    packages: Packages, package: Package
) -> None:
    endpoints = ADAPTERS[package].endpoints(packages.connection(package))
    posted = [
        endpoint.path.lower() for endpoint in endpoints if endpoint.method != "GET"
    ]
    other_posts = [path for path in posted if not path.endswith("token")]
    assert other_posts == ([re.escape(SERVICE)] if package == Package.TWINFIELD else [])
