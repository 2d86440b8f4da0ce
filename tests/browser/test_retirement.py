"""An administration goes out of use, as an agent, a lead and an auditor meet it."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from adminmoves.models import Preferences, Retirement
from tests.browser.conftest import Visit
from tests.browser.looking import DESKTOP, PHONE, axe_faults, shoot, sideways
from tests.builders import make_administration

WORDS = {
    "nl": {
        "reason": "Reden",
        "ask": "Vraag om uit gebruik te nemen",
        "agree": "Akkoord: uit gebruik nemen",
        "retired": "Niet meer in gebruik sinds",
    },
    "en": {
        "reason": "Reason",
        "ask": "Ask to retire it",
        "agree": "Agree: retire it",
        "retired": "Retired since",
    },
}


@pytest.mark.parametrize(
    ("language", "theme", "device"),
    [
        pytest.param("nl", "light", DESKTOP, id="nl-light-1280"),
        pytest.param("en", "dark", PHONE, id="en-dark-390"),
    ],
)
def test_one_asks_another_agrees_and_a_search_tells_it(
    language: str,
    theme: str,
    device: dict[str, Any],
    visit: Visit,
    agent: User,
    lead: User,
    auditor: User,
) -> None:
    for person in (agent, lead, auditor):
        Preferences.objects.create(user=person, language=language, theme=theme)
    words, faults = WORDS[language], []
    administration = make_administration(name="Dubbele Bakkerij B.V.", code="R011")
    here = f"/administraties/{administration.public_id}/"

    def look(page: Page, name: str) -> None:
        shoot(page, f"retirement-{name}-{language}")
        assert sideways(page) == 0
        faults.extend(axe_faults(page))

    page = visit(here, agent, **device)
    look(page, "before")
    page.get_by_role("link", name=re.compile("^(Uit gebruik nemen|Retire)")).click()
    page.get_by_label(words["reason"]).fill("Dubbel aangemaakt.")
    look(page, "ask")
    page.get_by_role("button", name=words["ask"]).click()
    expect(page.locator("main")).to_contain_text("Dubbel aangemaakt.")
    assert Retirement.objects.get().is_waiting

    page = visit("/akkoord/", lead, **device)
    look(page, "queue")
    page.get_by_role("link", name=administration.name).click()
    look(page, "decide")
    page.get_by_role("button", name=words["agree"]).click()
    expect(page.locator("main")).to_contain_text(words["retired"])
    look(page, "retired")

    page = visit("/zoeken/?q=R011", auditor, **device)
    expect(page.locator("main")).to_contain_text(words["retired"])
    look(page, "search")
    assert faults == []
