"""From the portal to a package's own page and back, as an administrator's browser."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from adminmoves.models import BookkeepingConnection, ConnectionGrant, Preferences
from adminmoves.vocabulary import Package
from tests.bookkeeping.world import CODES, Packages
from tests.browser.conftest import Visit
from tests.browser.looking import axe_faults, shoot


def leave(page: Page, word: str) -> None:
    page.get_by_role("link", name=word, exact=True).click()
    expect(page).to_have_url(re.compile(r"^http://127\.0\.0\.1:\d+/[a-z.-]+/"))


def path_of(connection: BookkeepingConnection) -> str:
    return f"/koppelingen/{connection.public_id}/"


@pytest.mark.parametrize("package", Package)
def test_an_administrator_connects_in_dutch(
    package: Package, visit: Visit, administrator: User, packages: Packages
) -> None:
    connection = packages.connection(package)
    page = visit(path_of(connection), administrator)
    expect(page.get_by_text("Nog geen toestemming")).to_be_visible()

    leave(page, "Verbinden")
    page.get_by_role("button", name="Toestaan").click()

    expect(page).to_have_url(re.compile(path_of(connection)))
    expect(page.get_by_text("Het pakket antwoordt")).to_be_visible()
    expect(page.get_by_text("Verbonden", exact=True)).to_be_visible()
    expect(page.get_by_text(CODES[package], exact=True)).to_be_visible()
    assert axe_faults(page) == []
    shoot(page, f"connected-{package.lower()}")


def test_an_administrator_connects_cuts_and_connects_again_in_english(
    visit: Visit, administrator: User, packages: Packages
) -> None:
    connection = packages.connection(Package.EXACT_ONLINE)
    Preferences.objects.create(user=administrator, language="en")
    page = visit(path_of(connection), administrator, locale="en-GB")

    leave(page, "Connect")
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text("The package answers")).to_be_visible()

    page.get_by_text("Disconnect", exact=True).click()
    page.get_by_role("button", name="Disconnect now").click()
    expect(page.get_by_text("Consent ended")).to_be_visible()

    leave(page, "Connect again")
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text("Connected", exact=True)).to_be_visible()


def test_who_refuses_or_chooses_another_organisation_reads_so(
    visit: Visit, administrator: User, packages: Packages
) -> None:
    connection = packages.connection(Package.TWINFIELD)
    page = visit(path_of(connection), administrator)

    leave(page, "Verbinden")
    page.get_by_role("button", name="Weigeren").click()
    expect(page.get_by_text("Er is geen toestemming gegeven")).to_be_visible()
    assert not ConnectionGrant.objects.exists()

    leave(page, "Verbinden")
    page.get_by_role("combobox").select_option("TWINFIELD:KANTOOR-B")
    page.get_by_role("button", name="Toestaan").click()
    loud = page.get_by_text("en deze koppeling is KANTOOR-A")
    expect(loud).to_be_visible()
    assert axe_faults(page) == []
    shoot(page, "connected-elsewhere")
