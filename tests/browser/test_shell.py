"""The frame around every page, as a person meets it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from adminmoves.models import Preferences
from tests.browser.conftest import Visit
from tests.browser.looking import (
    DESKTOP,
    DEVICES,
    NARROW,
    PHONE,
    axe_faults,
    faults_in_both_themes,
    hidden_stops,
    shoot,
    sideways,
)

PASSWORD = "een-lang-wachtwoord"  # noqa: S105 - of a made-up person


def test_somebody_logs_in_and_out_with_the_keyboard(visit: Visit, lead: User) -> None:
    page = visit("/voorkeuren/")

    page.get_by_label("Gebruikersnaam").focus()
    page.keyboard.type(lead.username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page).to_have_title("Voorkeuren · Migratieportaal")
    menu = page.get_by_label(f"Jouw menu: {lead.username}")
    menu.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Uitloggen").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_title("Inloggen · Migratieportaal")


def test_a_wrong_password_is_told_with_the_focus_on_it(
    visit: Visit, lead: User
) -> None:
    page = visit("/inloggen/")

    page.get_by_label("Gebruikersnaam").fill(lead.username)
    page.get_by_label("Wachtwoord", exact=True).fill("niet dit")
    page.get_by_role("button", name="Inloggen").click()

    expect(page).to_have_title("Fout: Inloggen · Migratieportaal")
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#error-summary")).to_contain_text(
        "De naam of het wachtwoord klopt niet. Je kunt het nog een keer proberen."
    )
    assert axe_faults(page) == []


def test_five_wrong_passwords_pause_logging_in_and_say_how_long(
    visit: Visit, lead: User
) -> None:
    page = visit("/inloggen/")

    for _attempt in range(5):
        page.get_by_label("Gebruikersnaam").fill(lead.username)
        page.get_by_label("Wachtwoord", exact=True).fill("niet dit")
        page.get_by_role("button", name="Inloggen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen kan even niet")
    expect(page.get_by_text("Probeer het over 15 minuten opnieuw.")).to_be_visible()
    assert axe_faults(page) == []


def test_a_password_can_be_shown_and_pasted(visit: Visit) -> None:
    page = visit("/inloggen/")
    field = page.locator("#id_password")

    field.fill("geheim")
    page.get_by_role("button", name="Toon het wachtwoord").click()

    expect(field).to_have_attribute("type", "text")


@pytest.mark.parametrize("device", DEVICES)
def test_log_in_is_accessible(visit: Visit, device: dict[str, Any]) -> None:
    page = visit("/inloggen/", **device)

    assert faults_in_both_themes(page) == []
    shoot(page, f"login-{device['viewport']['width']}", whole=False)


@pytest.mark.parametrize("device", DEVICES)
def test_the_style_guide_is_accessible(
    visit: Visit, administrator: User, device: dict[str, Any]
) -> None:
    page = visit("/stijlgids/", administrator, **device)

    assert faults_in_both_themes(page) == []
    shoot(page, f"styleguide-{device['viewport']['width']}")


@pytest.mark.parametrize("path", ["/inloggen/", "/stijlgids/", "/voorkeuren/", "/x/"])
def test_nothing_scrolls_sideways_at_320_pixels(
    visit: Visit, administrator: User, path: str
) -> None:
    user = None if path == "/inloggen/" else administrator
    page = visit(path, user, **NARROW)

    assert sideways(page) == 0


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["1280", "390"])
def test_no_stop_of_the_tab_key_is_hidden(
    visit: Visit, administrator: User, device: dict[str, Any]
) -> None:
    page = visit("/stijlgids/", administrator, **device)

    assert hidden_stops(page) == []


def test_the_theme_changes_at_once_and_stays(visit: Visit, agent: User) -> None:
    page = visit("/voorkeuren/", agent, color_scheme="light")
    html = page.locator("html")

    with page.expect_response("**/voorkeur/"):
        page.get_by_role("button", name="Licht of donker").click()

    expect(html).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(html).to_have_attribute("data-theme", "dark")
    assert Preferences.objects.get(user=agent).theme == "dark"


def test_language_and_theme_change_without_a_script(visit: Visit, agent: User) -> None:
    page = visit("/voorkeuren/", agent, java_script_enabled=False)

    page.get_by_role("button", name="EN English").click()
    page.get_by_role("button", name="Light or dark").click()

    expect(page).to_have_title("Preferences · Migrations portal")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_choice_before_log_in_is_kept_in_the_browser(visit: Visit) -> None:
    page = visit("/inloggen/")

    page.get_by_role("button", name="EN English").click()
    page.goto("/inloggen/")

    expect(page).to_have_title("Log in · Migrations portal")


def test_control_k_opens_the_palette_and_enter_goes_there(
    visit: Visit, agent: User
) -> None:
    page = visit("/stijlgids/", agent)

    page.keyboard.press("Control+k")
    page.keyboard.type("voorkeur")
    shoot(page, "palette", whole=False)
    assert axe_faults(page) == []
    page.keyboard.press("Enter")

    expect(page).to_have_title("Voorkeuren · Migratieportaal")


def test_single_letters_can_be_switched_off_in_the_sheet(
    visit: Visit, agent: User
) -> None:
    page = visit("/voorkeuren/", agent)

    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Sneltoetsen")
    expect(sheet).to_be_visible()
    assert axe_faults(page) == []
    with page.expect_response("**/voorkeur/"):
        sheet.get_by_label("Sneltoetsen met één letter gebruiken").uncheck()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("?")

    expect(sheet).to_be_hidden()
    assert Preferences.objects.get(user=agent).single_letter_keys is False


TABLET: dict[str, Any] = {"viewport": {"width": 800, "height": 1100}}


@pytest.mark.parametrize("device", [PHONE, NARROW, TABLET], ids=["390", "320", "800"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_what_has_no_tab_is_under_more(
    visit: Visit, lead: User, device: dict[str, Any], *, script: bool
) -> None:
    page = visit("/hulp/", lead, java_script_enabled=script, **device)
    more = page.locator(".moretabs > summary")

    more.click()

    menu = page.locator(".moretabs").get_by_role("link")
    expect(menu).to_have_text(["Administraties", "Koppelingen", "Portaalstatus"])
    for entry in menu.all():
        expect(entry).to_be_in_viewport(ratio=1)
    name = f"more-{device['viewport']['width']}"
    if script:
        assert (sideways(page), faults_in_both_themes(page)) == (0, [])
        shoot(page, name, whole=False)
    menu.nth(1).click()
    expect(page.locator("h1")).to_have_text("Koppelingen")
    expect(more).to_have_attribute("aria-current", "true")


def test_more_offers_nobody_what_they_may_not_open(visit: Visit, agent: User) -> None:
    page = visit("/hulp/", agent, **PHONE)

    page.locator(".moretabs > summary").click()

    menu = page.locator(".moretabs").get_by_role("link")
    expect(menu).to_have_text(["Administraties", "Koppelingen"])
    page.keyboard.press("Escape")
    expect(menu.first).to_be_hidden()
    expect(page.locator(".moretabs > summary")).to_be_focused()
