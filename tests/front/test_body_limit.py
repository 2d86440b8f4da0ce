"""What is too large is refused by its length, before a byte of it is read."""

import re
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from adminmoves.vocabulary import MoveState
from migrations_portal.body_limit import FILE_ADDRESSES
from migrations_portal.supervisor.state import CHECKOUT
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
KB, MB = 1024, 1024 * 1024
Send = Callable[..., HttpResponse]


class Unread:
    """A body that nobody may touch."""

    def read(self, *_size: int) -> NoReturn:
        pytest.fail("the body was read")

    readline = read


@pytest.fixture
def send(agent: User) -> Send:
    """POST a body that only says how long it is; ``known``: as somebody logged in."""

    def sent(path: str, size: int, *, known: bool) -> HttpResponse:
        client = Client()
        if known:
            client.force_login(agent, backend=BACKEND)
        body: dict[str, Any] = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(size)}
        kind = "multipart/form-data; boundary=x"
        answer = client.generic("POST", path, content_type=kind, **body)
        assert isinstance(answer, HttpResponse)
        return answer

    return sent


@pytest.mark.parametrize("path", ["/inloggen/", "/voorkeur/", "/aanvraag/begin/"])
def test_whom_nobody_knows_sends_little(send: Send, path: str) -> None:
    answer = send(path, 300 * MB, known=False)

    assert answer.status_code == 413
    assert "Je bent niet ingelogd, en dan past hier hoogstens 64 kB." in answer.text


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("moves:form", 32 * MB),
        ("moves:attest", 32 * MB),
        ("moves:approve_many", 1 * MB),
        ("moves:set_preference", 1 * MB),
        ("login", 1 * MB),
    ],
)
def test_each_address_has_its_limit(
    send: Send, a_move: MakeMove, name: str, most: int
) -> None:
    number = a_move(MoveState.DRAFT).number
    about = [number] if name in {"moves:form", "moves:attest"} else []

    answer = send(reverse(name, args=about), most + 1, known=True)

    assert answer.status_code == 413
    assert f"Hier past hoogstens {most // KB} kB. Er is niets bewaard." in answer.text


def test_what_fits_is_read(agent: User) -> None:
    answer = Client().post("/inloggen/", {"username": "x", "password": "y" * 60 * KB})

    assert answer.status_code == 200


def test_every_form_with_a_file_may_send_one() -> None:
    """Their addresses are those that take a large body."""
    pages = [CHECKOUT / "templates", CHECKOUT / "adminmoves"]
    forms = {
        str(file.relative_to(CHECKOUT))
        for folder in pages
        for file in folder.rglob("*.html")
        if "multipart/form-data" in file.read_text(encoding="utf-8")
    }

    assert forms == {"templates/intake/form.html", "templates/proof/attest.html"}


SIZES = ("", "65536", "100000", "chunked")


def test_the_proxy_lets_through_what_the_portal_takes() -> None:
    text = (CHECKOUT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    lines = r"location ~ (\S+) \{\s+client_max_body_size (\w+);"
    limits = re.findall(lines, text)
    paths = [reverse(name, args=["M-2026-000001"]) for name in sorted(FILE_ADDRESSES)]
    # The proxy takes the first that fits.
    found = [
        next(size for pattern, size in limits if re.match(pattern, path))
        for path in paths
    ]

    assert found == ["32m"] * len(FILE_ADDRESSES)
    assert re.match(r".*^  client_max_body_size 64k;", text, re.DOTALL | re.MULTILINE)


def test_all_that_is_sent_to_the_proxy_at_once_fits_in_its_folder() -> None:
    text = (CHECKOUT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    compose = (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")
    together = figure(r"limit_conn large (\d+);", text)
    largest = figure(r"client_max_body_size (\d+)m;", text)
    folder = figure(r'tmpfs: \["/tmp:size=(\d+)m', compose.partition("  proxy:")[2])
    small = re.search(r'"~(\S+)" "";', text)

    assert together * largest < folder
    assert small
    sizes = {size: bool(re.search(small[1], size)) for size in SIZES}
    assert sizes == {"": True, "65536": True, "100000": False, "chunked": False}


def figure(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    assert found, pattern
    return int(found[1])
