"""Every page of the portal: accessible, within its width, with no hidden stops."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page

from adminmoves.models import Preferences
from tests.browser.conftest import Visit
from tests.browser.looking import (
    DESKTOP,
    LOOKS,
    NARROW,
    PHONE,
    axe_faults,
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


@pytest.mark.parametrize(("theme", "device"), LOOKS)
def test_no_page_breaks_an_accessibility_rule(
    visit: Visit, agent: User, lead: User, theme: str, device: dict[str, Any]
) -> None:
    pages = make_pages(agent, lead)
    page = visit("/voorkeuren/", lead, color_scheme=theme, **device)
    faults = {}

    for name, path in pages.items():
        faults[name] = axe_faults(loaded(page, path))
        shoot(page, f"{name}-{theme}-{device['viewport']['width']}")

    assert {name: found for name, found in faults.items() if found} == {}


def test_no_page_breaks_a_rule_in_english(
    visit: Visit, agent: User, lead: User
) -> None:
    pages = make_pages(agent, lead)
    Preferences.objects.create(user=lead, language="en")
    page = visit("/voorkeuren/", lead)
    faults = {}

    for name, path in pages.items():
        faults[name] = axe_faults(loaded(page, path))
        shoot(page, f"{name}-english")

    assert {name: found for name, found in faults.items() if found} == {}


def test_no_page_scrolls_sideways_at_320_pixels(
    visit: Visit, agent: User, lead: User
) -> None:
    pages = make_pages(agent, lead)
    page = visit("/voorkeuren/", lead, **NARROW)

    wide = {name: sideways(loaded(page, path)) for name, path in pages.items()}

    assert {name: pixels for name, pixels in wide.items() if pixels} == {}


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["1280", "390"])
def test_no_page_hides_a_stop_of_the_tab_key(
    visit: Visit, agent: User, lead: User, device: dict[str, Any]
) -> None:
    pages = make_pages(agent, lead)
    page = visit("/voorkeuren/", lead, **device)

    hidden = {name: hidden_stops(loaded(page, path)) for name, path in pages.items()}

    assert {name: stops for name, stops in hidden.items() if stops} == {}
