"""Language, theme and keys: what was set, else the cookie, else Dutch."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.models import Preferences

pytestmark = pytest.mark.django_db


def stored_preferences(user: User) -> tuple[str, str, bool]:
    stored = Preferences.objects.get(user=user)
    return (stored.language, stored.theme, stored.single_letter_keys)


def test_dutch_and_the_theme_of_the_system_are_the_start(client: Client) -> None:
    page = client.get("/inloggen/", headers={"Accept-Language": "en"})

    assert page["Content-Language"] == "nl"
    assert page.context["frame"].theme == "system"
    assert "<h1>Inloggen</h1>" in page.text


def test_before_log_in_a_cookie_keeps_the_choice(client: Client) -> None:
    client.post("/voorkeur/", {"language": "en", "next": "/inloggen/"})

    page = client.get("/inloggen/")

    assert page["Content-Language"] == "en"
    assert not Preferences.objects.exists()


def test_one_switch_leaves_the_others_as_they_were(client: Client, agent: User) -> None:
    Preferences.objects.create(user=agent, language="en", theme="dark")
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")

    client.post("/voorkeur/", {"single_letter_keys": "off"})

    assert stored_preferences(agent) == ("en", "dark", False)


def test_what_a_person_set_wins_over_the_cookie(client: Client, agent: User) -> None:
    client.cookies["taal"] = "en"
    Preferences.objects.create(user=agent, language="nl")
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get("/voorkeuren/")["Content-Language"] == "nl"


@pytest.mark.parametrize("sent", [{"language": "xx"}, {"theme": "pink"}, {}])
def test_nonsense_changes_nothing(
    client: Client, agent: User, sent: dict[str, str]
) -> None:
    Preferences.objects.create(user=agent, language="en", theme="dark")
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")

    client.post("/voorkeur/", sent)

    assert stored_preferences(agent) == ("en", "dark", True)


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/voorkeuren/", "/voorkeuren/"),
        ("https://example.com/", "/"),
        ("//example.com", "/"),
    ],
)
def test_the_switch_leads_back_but_never_to_another_site(
    client: Client, wanted: str, location: str
) -> None:
    answer = client.post("/voorkeur/", {"language": "en", "next": wanted})

    assert answer["Location"] == location


def test_the_page_saves_all_three_and_answers_in_the_new_language(
    client: Client, agent: User
) -> None:
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")

    page = client.post(
        "/voorkeuren/", {"language": "en", "theme": "light"}, follow=True
    )

    assert stored_preferences(agent) == ("en", "light", False)
    assert "Your preferences are saved." in page.text


def test_every_answer_has_a_number_of_its_own(client: Client) -> None:
    first, second = client.get("/inloggen/"), client.get("/inloggen/")

    assert first["X-Request-Id"] != second["X-Request-Id"]
