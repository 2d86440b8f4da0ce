"""While the database is away, pages say that it comes back, and lose nothing."""

import html
import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse
from psycopg2 import extensions
from pytest_django import Settings

from adminmoves.models import Preferences
from migrations_portal.urls import handler500
from migrations_portal.urls import urlpatterns as whole

__all__ = ["handler500"]
pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "django.contrib.auth.backends.ModelBackend"
ENDED: list[str] = []
"""The requests that a view below was given."""


def cuts_once(request: HttpRequest) -> HttpResponse:
    """As PostgreSQL that is restarted in the middle of a request."""
    ENDED.append(request.method or "")
    with connection.cursor() as cursor:
        if len(ENDED) == 1:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        cursor.execute("SELECT 1")
    return HttpResponse("read")


urlpatterns = [path("kapt-af/", cuts_once), *whole]


@pytest.fixture
def reader(lead: User, settings: Settings) -> Client:
    settings.ROOT_URLCONF = __name__
    ENDED.clear()
    client = Client(raise_request_exception=False)
    client.force_login(lead, backend=BACKEND)
    return client


@pytest.fixture
def away(reader: Client) -> Iterator[None]:
    """Nobody listens where the database was."""
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = "1"
    yield
    connection.close()
    connection.settings_dict["PORT"] = port


def page_words(answer: object) -> str:
    assert isinstance(answer, HttpResponse)
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.text))
    return re.sub(r"\s+", " ", text)


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/historie/?q=zoek",
        reverse("moves:operations"),
        "/inloggen/",
        "/beheer/",
        "/bestaat-niet/",
    ],
)
@pytest.mark.parametrize("logged_in", [True, False])
def test_every_page_says_that_it_comes_back_and_tries_again(
    page: str, logged_in: bool, reader: Client
) -> None:
    client = reader if logged_in else Client(raise_request_exception=False)

    answer = client.get(page)

    if answer.status_code != 503:
        assert not logged_in
        assert answer.status_code in {200, 302, 404}, "it asked no database"
        return
    assert answer["Retry-After"] == "10"
    assert answer["Portal-Away"] == "database"
    assert "Het portaal komt zo terug" in page_words(answer)
    assert "The portal is coming back" in page_words(answer)
    assert "Er is niets verloren" in page_words(answer)
    assert '<meta http-equiv="refresh" content="10">' in answer.text
    assert f'href="{html.escape(page)}"' in answer.text


@pytest.mark.usefixtures("away")
def test_what_was_typed_stands_on_the_page_to_be_sent_again(reader: Client) -> None:
    typed = "Regel 1\r\n<b>Regel 2</b> & 'meer'"

    answer = reader.post("/nieuw/?stap=2", {"reden": typed, "keuze": ["1", "2"]})

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "wat je typte staat nog op deze pagina" in page_words(answer).lower()
    assert 'action="/nieuw/?stap=2"' in answer.text
    fields = re.findall(
        r'<textarea name="(.+?)" hidden>\n(.*?)</textarea>', answer.text, re.DOTALL
    )
    assert [(name, html.unescape(value)) for name, value in fields] == [
        ("reden", typed),
        ("keuze", "1"),
        ("keuze", "2"),
    ]
    assert 'http-equiv="refresh"' not in answer.text


@pytest.mark.usefixtures("away")
def test_a_password_is_not_sent_back(reader: Client) -> None:
    sent = {"username": "agent", "password": "geheim-woord"}

    answer = Client(raise_request_exception=False).post("/inloggen/", sent)

    assert answer.status_code == 503
    assert "geheim-woord" not in answer.text
    assert "Ga in je browser terug" in page_words(answer)


@pytest.mark.usefixtures("away")
def test_a_request_in_the_background_is_told_in_a_line(reader: Client) -> None:
    answer = reader.get("/", headers={"HX-Request": "true"})

    assert (answer.status_code, answer["Portal-Away"]) == (503, "database")
    assert "<html" not in answer.text
    assert "Het portaal komt zo terug" in page_words(answer)


@pytest.mark.usefixtures("away")
def test_what_needs_no_database_is_there() -> None:
    """Who watches has no session."""
    client = Client(raise_request_exception=False)

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_what_only_reads_is_asked_once_more_where_the_connection_was_cut(
    reader: Client,
) -> None:
    answer = reader.get("/kapt-af/")

    assert (answer.status_code, answer.text) == (200, "read")
    assert ENDED == ["GET", "GET"]


def test_what_changes_something_is_never_asked_twice(reader: Client) -> None:
    answer = reader.post("/kapt-af/", {"reden": "lang verhaal"})

    assert answer.status_code == 503
    assert ENDED == ["POST"]
    assert "lang verhaal" in answer.text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_log_in_that_takes_too_long_says_so(
    language: str,
    reader: Client,
    lead: User,
    owner: extensions.connection,
) -> None:
    """Somebody else holds the row of whoever logs in."""
    Preferences.objects.update_or_create(user=lead, defaults={"language": language})
    lead.set_password("een-lang-woord")
    lead.save()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '200ms'")
    owner.autocommit = False
    with owner.cursor() as cursor:
        cursor.execute("SELECT 1 FROM auth_user WHERE id = %s FOR UPDATE", [lead.pk])

    sent = {"username": lead.username, "password": "een-lang-woord"}
    answer = Client(raise_request_exception=False).post("/inloggen/", sent)
    owner.rollback()
    connection.close()

    assert answer.status_code == 503
    assert "Dit duurde te lang" in page_words(answer) or "took too long" in page_words(
        answer
    )
