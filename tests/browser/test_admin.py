"""An administrator keeps the estate in a real browser, under the strict policy."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from adminmoves.models import CheckSeverity, Environment, Event, Freeze, Preferences
from adminmoves.vocabulary import EventCode
from tests.browser.conftest import Visit
from tests.browser.looking import DESKTOP, NARROW, axe_faults, shoot, sideways
from tests.builders import make_administration


def test_an_administrator_changes_an_office_and_is_told_what_is_refused(
    visit: Visit, administrator: User
) -> None:
    used = make_administration().environment
    page = visit("/beheer/", administrator)

    page.get_by_role("link", name="Kantoren", exact=True).click()
    page.get_by_role("link", name=used.office_code).click()
    page.get_by_label("kantoorcode").fill("VKN104")
    page.get_by_role("button", name="Opslaan", exact=True).click()

    expect(page.locator(".errorlist")).to_contain_text(
        "Het kantoor is in gebruik en houdt zijn code."
    )
    shoot(page, "admin-refused")
    page.get_by_label("kantoorcode").fill(used.office_code)
    page.get_by_label("naam").fill("Een andere naam")
    page.get_by_role("button", name="Opslaan", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Gewijzigd")
    assert Environment.objects.get(pk=used.pk).name == "Een andere naam"
    assert Event.objects.get().code == EventCode.ENVIRONMENT_CHANGED


@pytest.mark.parametrize("device", [DESKTOP, NARROW], ids=["1280", "320"])
def test_the_pages_of_the_admin_keep_to_the_policy_and_are_accessible(
    device: dict[str, object], visit: Visit, administrator: User
) -> None:
    """The console stays empty; the fixture looks at it."""
    faults: dict[str, list[str]] = {}
    administration = make_administration()
    CheckSeverity.objects.create(
        check_code="self_service", move_type="CHANGE_CODE", severity="OFF"
    )
    now = timezone.now()
    freeze = Freeze.objects.create(
        name="Btw-aangifte", starts_at=now, ends_at=now + timedelta(days=7)
    )
    page = visit("/beheer/", administrator, **device)

    for address in (
        "adminmoves/administration/",
        f"adminmoves/administration/{administration.pk}/change/",
        "adminmoves/administration/add/",
        "adminmoves/checkseverity/",
        "adminmoves/checkseverity/add/",
        "adminmoves/executionwindow/",
        "adminmoves/executionwindow/add/",
        f"adminmoves/freeze/{freeze.pk}/change/",
        "adminmoves/packageprofile/UNIT4/change/",
        "adminmoves/event/",
        "auth/user/",
        "auth/user/add/",
        f"auth/user/{administrator.pk}/change/",
        f"auth/user/{administrator.pk}/history/",
        f"auth/user/{administrator.pk}/password/",
    ):
        page.goto(f"/beheer/{address}")
        expect(page.locator("#content")).to_be_visible()
        faults[address] = axe_faults(page)
        shoot(page, f"admin-{address.replace('/', '-')}{device['viewport']['width']}")  # type: ignore[index] # of LOOKS
    assert {address: found for address, found in faults.items() if found} == {}
    assert sideways(page) == 0


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_admin_speaks_the_persons_language(
    language: str, visit: Visit, administrator: User
) -> None:
    Preferences.objects.create(user=administrator, language=language)
    page = visit("/beheer/", administrator)

    titles = {"nl": "Portaal beheren", "en": "Administer the portal"}
    expect(page.locator("#site-name")).to_have_text(titles[language])
    expect(page.locator("html")).to_have_attribute("lang", language)
    shoot(page, f"admin-index-{language}")
    assert axe_faults(page) == []


def test_an_administrator_logs_out_from_the_admin(
    visit: Visit, administrator: User
) -> None:
    page = visit("/beheer/", administrator)

    page.get_by_role("button", name="Uitloggen").click()

    expect(page).to_have_title("Inloggen · Migratieportaal")
