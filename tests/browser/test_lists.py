"""Lists by keyboard, on the samples of the style guide."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit


@pytest.fixture
def page(visit: Visit, administrator: User) -> Page:
    return visit("/stijlgids/", administrator)


def test_j_and_k_walk_the_rows(page: Page) -> None:
    rows = page.locator("[data-row]")

    for key in "jjk":
        page.keyboard.press(key)

    expect(rows.nth(0)).to_have_attribute("data-cur", "")
    expect(rows.nth(0).locator(".rowlink")).to_be_focused()


def test_letters_are_letters_while_somebody_types(page: Page) -> None:
    field = page.locator("#id_to_code")

    field.fill("")
    field.press_sequentially("jx?")

    expect(field).to_have_value("jx?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_new_address_can_be_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Nieuw e-mailadres kopiëren").click()

    expect(page.get_by_role("status").filter(has_text="Gekopieerd")).to_have_count(1)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "vkz221.nl2041@mailtobasecone.com"
