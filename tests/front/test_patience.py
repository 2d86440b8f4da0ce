"""What the database is too long busy with ends in a page that says what helps."""

import html
import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from adminmoves.models import Preferences
from migrations_portal.urls import urlpatterns as whole

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "django.contrib.auth.backends.ModelBackend"


def sleeps(_request: HttpRequest) -> HttpResponse:
    """As a list that the database is long busy with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    return HttpResponse("slept")


def is_away(_request: HttpRequest) -> HttpResponse:
    """As any other trouble of the database."""
    raise OperationalError("away")


urlpatterns = [path("traag/", sleeps), path("weg/", is_away), *whole]


@pytest.fixture
def reader(lead: User, settings: Settings) -> Iterator[Client]:
    """Somebody whose statements may take a tenth of a second."""
    settings.ROOT_URLCONF = __name__
    client = Client()
    client.force_login(lead, backend=BACKEND)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '100ms'")
    yield client
    connection.close()


def page_words(answer: object) -> str:
    assert isinstance(answer, HttpResponse)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def test_a_page_that_takes_too_long_says_so_and_what_helps(reader: Client) -> None:
    answer = reader.get("/traag/", headers={"Referer": "http://testserver/historie/"})

    assert answer.status_code == 503
    assert "Dit duurde te lang" in page_words(answer)
    assert "Zoek op iets preciezers" in page_words(answer)
    assert 'href="http://testserver/historie/"' in answer.text


def test_it_says_so_in_english_too(reader: Client, lead: User) -> None:
    Preferences.objects.create(user=lead, language="en")

    answer = reader.get("/traag/")

    assert answer.status_code == 503
    assert "Ask for something narrower" in page_words(answer)


def test_whoever_sent_a_form_hears_that_nothing_was_saved(reader: Client) -> None:
    answer = reader.post("/traag/", {"reden": "lang verhaal"})

    assert answer.status_code == 503
    assert "Er is niets opgeslagen" in page_words(answer)


def test_a_list_says_it_in_the_place_of_its_rows(reader: Client) -> None:
    answer = reader.get("/traag/", headers={"HX-Request": "true", "HX-Target": "rows"})

    assert (answer.status_code, answer["HX-Retarget"]) == (503, "#rows")
    assert answer.text.strip().startswith('<div id="rows">')
    assert "Zoek op iets preciezers" in page_words(answer)


def test_other_parts_that_htmx_asks_for_stay_as_they_are(reader: Client) -> None:
    answer = reader.get(
        "/traag/", headers={"HX-Request": "true", "HX-Target": "move-poll"}
    )

    assert answer.status_code == 503
    assert "HX-Retarget" not in answer


def test_the_connection_serves_the_next_page(reader: Client) -> None:
    reader.get("/traag/")

    assert reader.get("/zoeken/").status_code == 200


def test_the_log_has_one_line_and_not_what_was_asked(
    reader: Client, caplog: pytest.LogCaptureFixture
) -> None:
    reader.get("/traag/?q=geheim")

    lines = [
        record.getMessage() for record in caplog.records if record.levelname == "ERROR"
    ]
    assert lines == ["Service Unavailable: /traag/"]
    assert "geheim" not in caplog.text


def test_any_other_trouble_of_the_database_is_no_such_page(reader: Client) -> None:
    reader.raise_request_exception = False

    assert reader.get("/weg/").status_code == 500
