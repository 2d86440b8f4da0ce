"""A real browser against a real server; a message in its console fails the test."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from migrations_portal.supervisor.testing import CHROMIUM
from tests.browser.looking import DESKTOP, EXPECTED_STATUS

Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, which asks nobody anything."""
    return {
        "executable_path": next(filter(None, map(shutil.which, CHROMIUM)), None),
        "headless": True,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session", autouse=True)
def _built() -> None:
    """Texts and fonts, which are not in the repository."""
    call_command("build_messages")
    call_command("build_fonts")


def watch(page: Page, faults: list[str]) -> None:
    """Write down what the console says, refusals of the CSP among it."""

    def heard(message: ConsoleMessage) -> None:
        is_problem = message.type in {"error", "warning"}
        if is_problem and not EXPECTED_STATUS.match(message.text):
            faults.append(f"{page.url}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))


def sign_in(context: BrowserContext, base: str, user: User) -> None:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": base}])


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Visit]:
    """``visit("/stijlgids/", lead, **PHONE)`` opens a page as that person."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(path: str, user: User | None = None, **device: Any) -> Page:
        base = live_server.url
        options = {"locale": "nl-NL", "reduced_motion": "reduce", **DESKTOP, **device}
        context = browser.new_context(base_url=base, **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        if user is not None:
            sign_in(context, base, user)
        page = context.new_page()
        watch(page, faults)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []
