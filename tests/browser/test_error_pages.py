"""Pages for when it does not go well: a reason, a number, a way on."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect
from pytest_django.fixtures import Settings

from tests.browser.conftest import Visit
from tests.browser.looking import (
    DEVICES,
    axe_faults,
    faults_in_both_themes,
    shoot,
    sideways,
)


@pytest.mark.parametrize("device", DEVICES)
def test_a_page_that_does_not_exist_offers_a_search(
    visit: Visit, agent: User, device: dict[str, Any]
) -> None:
    page = visit("/bestaat-niet/", agent, **device)

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Deze pagina bestaat niet"
    )
    expect(page.get_by_label("Zoek op nummer, naam of code")).to_be_visible()
    assert faults_in_both_themes(page) == []
    shoot(page, f"404-{device['viewport']['width']}", whole=False)


@pytest.mark.parametrize("device", DEVICES)
def test_a_fault_of_ours_is_told_in_both_languages(
    visit: Visit,
    settings: Settings,
    device: dict[str, Any],
) -> None:
    settings.ROOT_URLCONF = "tests.browser.broken"

    page = visit("/stuk/", **device)

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Er ging iets mis bij ons"
    )
    expect(page.get_by_role("heading", level=2)).to_have_text(
        "Something went wrong on our side"
    )
    assert faults_in_both_themes(page) == []
    assert sideways(page) == 0
    shoot(page, f"500-{device['viewport']['width']}", whole=False)


def test_a_form_that_is_too_old_says_so(visit: Visit, agent: User) -> None:
    page = visit("/voorkeuren/", agent)
    page.context.clear_cookies(name="csrftoken")

    page.get_by_role("button", name="Voorkeuren bewaren").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Dit formulier is te oud")
    assert axe_faults(page) == []
    shoot(page, "403-csrf", whole=False)


def test_somebody_without_a_role_reads_why_and_can_leave(visit: Visit) -> None:
    nobody = User.objects.create_user("zonder-rol")
    page = visit("/voorkeuren/", nobody)

    expect(page.get_by_text("Je hebt nog geen rol in dit portaal.")).to_be_visible()
    assert axe_faults(page) == []
    shoot(page, "403", whole=False)
    page.get_by_role("button", name="Uitloggen").click()
    expect(page).to_have_title("Inloggen · Migratieportaal")
