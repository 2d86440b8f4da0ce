"""The pages of the made-up world: they say what they are, and their forms work."""

import pytest

from tests.rehearsal import exact, twinfield
from tests.rehearsal.client import Client


def send(client: Client, origin: str = "", **form: str) -> int:
    port = client.rehearsal.pages_port
    headers = {"Origin": origin or f"http://127.0.0.1:{port}"}
    return client.page("/", form, headers).status


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "Het is geen echt boekhoudpakket"), ("en", "It is no real bookkeeping")],
)
@pytest.mark.parametrize("address", ["/?lang={}", "consent"])
def test_every_page_says_that_this_world_is_made_up(
    client: Client, address: str, language: str, words: str
) -> None:
    consent = f"{twinfield.authorize().removeprefix('https:/')}&lang={language}"
    path = consent if address == "consent" else address.format(language)

    page = client.page(path)

    assert page.status == 200
    assert words in page.text
    assert f'<html lang="{language}">' in page.text


def test_the_browser_chooses_the_language(client: Client) -> None:
    english = client.page("/", headers={"Accept-Language": "fr, en;q=0.5"})

    assert '<html lang="en">' in english.text
    assert '<html lang="nl">' in client.page("/").text


def test_names_are_shown_as_text(client: Client) -> None:
    client.control("set", organisation="TWF-A", code="001", name="<b>Dik</b>")

    page = client.page("/")

    assert "&lt;b&gt;Dik&lt;/b&gt;" in page.text
    assert "<b>" not in page.text


def test_a_form_moves_an_administration(client: Client) -> None:
    fields = {"administration": "t1", "from": "TWF-A", "to": "TWF-B", "code": "9"}

    status = send(client, command="move", **fields)

    token = twinfield.signed_in(client, "TWINFIELD:TWF-B")
    assert status == 302
    assert [
        code for code, _ in twinfield.offices_in(twinfield.ask_offices(client, token))
    ] == ["9"]


def test_a_form_sets_a_fault_and_takes_it_away(client: Client) -> None:
    here = {"organisation": "EXACT_ONLINE:NL:EX-A"}
    token = exact.signed_in(client)["access_token"]
    send(client, command="fault", fault="forget", times="", **here)
    forgotten = exact.results(exact.ask_divisions(client, token))
    shown = client.page("/").text
    send(client, command="fault/clear", **here)

    assert forgotten == []
    assert "Storing die wacht: forget" in shown
    assert len(exact.results(exact.ask_divisions(client, token))) == 1


def test_what_a_form_cannot_do_is_told_on_the_page(client: Client) -> None:
    status = send(
        client, command="rename", organisation="TWF-A", code="001", new_code="NL200"
    )

    assert status == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_form_of_another_page_is_refused(client: Client, origin: str) -> None:
    before = client.read("estate")
    fields = {"organisation": "TWF-A", "code": "001", "new_code": "2"}

    assert send(client, origin, command="rename", **fields) == 403
    assert client.read("estate") == before


def test_the_api_is_not_served_to_a_browser(client: Client) -> None:
    assert client.page("/www.accountview.net/api/v3/Companies").status == 404
