"""Every page of the portal: accessible, within its width, with no hidden stops."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page

from adminmoves.models import Preferences
from tests.browser.conftest import Visit
from tests.browser.looking import (
    LOOKS,
    NARROW,
    faults_in_both_themes,
    hidden_stops,
    shoot,
    sideways,
)
from tests.browser.world import make_pages

pytestmark = pytest.mark.timeout(300)


def loaded(page: Page, path: str) -> Page:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, f"{path} answers {answer.status}"
    return page


@pytest.mark.parametrize(("device", "language"), LOOKS)
def test_no_page_breaks_an_accessibility_rule_or_hides_a_stop(
    visit: Visit,
    agent: User,
    lead: User,
    device: dict[str, Any],
    language: str,
) -> None:
    pages = make_pages(agent, lead)
    Preferences.objects.create(user=lead, language=language)
    page = visit("/voorkeuren/", lead, **device)
    faults = {}

    for name, path in pages.items():
        faults[name] = faults_in_both_themes(loaded(page, path))
        shoot(page, f"{name}-{device['viewport']['width']}-{language}")
        faults[f"{name}, stops"] = hidden_stops(page)

    assert {name: found for name, found in faults.items() if found} == {}


def test_no_page_scrolls_sideways_at_320_pixels(
    visit: Visit, agent: User, lead: User
) -> None:
    pages = make_pages(agent, lead)
    page = visit("/voorkeuren/", lead, **NARROW)

    wide = {name: sideways(loaded(page, path)) for name, path in pages.items()}
    # The longest word of a state.
    Preferences.objects.create(user=lead, language="en")
    wide["submitted, english"] = sideways(loaded(page, pages["submitted"]))

    assert {name: pixels for name, pixels in wide.items() if pixels} == {}
