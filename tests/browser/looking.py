"""How the browser tests look at a page."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Not test-results: the test runner empties that folder.
SHOTS = Path(__file__).resolve().parent.parent.parent / ".portal" / "screens"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
NARROW: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}

DEVICES = [pytest.param(DESKTOP, id="1280"), pytest.param(PHONE, id="390")]
LOOKS = [
    pytest.param(DESKTOP, "nl", id="1280-nl"),
    pytest.param(PHONE, "en", id="390-en"),
]
"""Each width and each language; ``faults_in_both_themes`` adds each theme to both."""

# The browser and htmx report the status of an answer; that is no fault of the page.
EXPECTED_STATUS = re.compile(
    r"Failed to load resource: .* status of (403|404|409|422|429|500|502|503)"
    r"|Failed to load resource: net::ERR_INTERNET_DISCONNECTED"
    r"|htmx:(afterRequest|sendError), "
    r"|Response Status Error Code (403|404|500|502|503) from /"
)


def faults_in_both_themes(page: Page) -> list[str]:
    """The violations in the light, and those of colour in the dark: all other rules
    see the same in both, and take half of the time."""
    found = axe_faults(page)
    page.emulate_media(color_scheme="dark")
    found += axe_faults(page, COLOURS)
    page.emulate_media(color_scheme="light")
    return found


def axe_faults(page: Page, rules: Any = RULES) -> list[str]:
    """Every violation as one readable line, in the theme that the page is in."""
    # Without preload: it would copy imported sheets inline, which the policy refuses.
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    found = Axe().run(page, options=options)
    return [
        f"{violation['id']}: {node['html'][:150]} {node['failureSummary']}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


def sideways(page: Page) -> int:
    """How many pixels the page can be scrolled sideways."""
    root = "document.documentElement"
    return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


AT_FOCUS = """() => {
  const stop = document.activeElement;
  if (!stop || stop === document.body) return null;
  const box = stop.getBoundingClientRect();
  const within = (value, most) => Math.min(Math.max(value, 0), most - 1);
  const x = within(box.left + box.width / 2, innerWidth);
  const y = within(box.top + Math.min(box.height, 40) / 2, innerHeight);
  const top = document.elementFromPoint(x, y);
  const seen = top && (stop.contains(top) || top.contains(stop)
    || top.closest("label")?.control === stop);
  const label = stop.getAttribute("aria-label") || stop.textContent.trim() || stop.id;
  return { seen: Boolean(seen), told: `${stop.tagName} ${label}`.slice(0, 80) };
}"""


def walk(page: Page, most: int = 200) -> Iterator[dict[str, Any]]:
    """Press Tab from stop to stop until the page has been walked once."""
    for _stop in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(AT_FOCUS)
        if stop is None:
            return
        yield stop


def hidden_stops(page: Page) -> list[str]:
    """Stops that lie under a bar or out of sight when they have the focus."""
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    return [stop["told"] for stop in walk(page) if not stop["seen"]]


def shoot(page: Page, name: str, *, whole: bool = True) -> None:
    """Pictures in both themes to hold beside the design, where SHOTS asks for them."""
    if "SHOTS" not in os.environ:
        return
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.evaluate("scrollTo(0, 0)")
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.screenshot(path=SHOTS / f"{name}-{theme}.png", full_page=whole)
