"""The request form keeps what was read, typed and stated: a story each."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from adminmoves.access import actor_for
from adminmoves.approval.actions import send_back_move
from adminmoves.models import Move, Preferences
from adminmoves.vocabulary import MoveState, MoveType, Package
from tests.browser.conftest import Visit
from tests.browser.looking import PHONE, axe_faults, shoot, sideways
from tests.builders import (
    make_administration,
    make_connection,
    make_draft,
    make_environment,
    make_move,
    submit,
)

T, S = MoveType, MoveState
ANSWERS: dict[str, Any] = {
    "moved_said_by": "Supergebruiker Noord",
    "moved_on": date(2026, 11, 20),
    "moved_ticket": "SUP-7",
}


def speak(user: User, language: str) -> None:
    """The language of the portal for this person from here on."""
    Preferences.objects.update_or_create(user=user, defaults={"language": language})


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()


def tick_warnings(page: Page) -> None:
    """On the page to read through, once it is there."""
    page.wait_for_url("**/nalezen/")
    for box in page.locator(".seen-r input").all():
        box.check()


def test_an_attested_request_that_came_back_is_submitted_again(
    visit: Visit, agent: User, lead: User
) -> None:
    move = submit(make_draft(agent, T.RELINK_CONNECTION, **ANSWERS), agent)
    send_back_move(move.pk, actor=actor_for(lead), question="Klopt dit?")

    page = visit(f"/aanvraag/{move}/", agent)
    shoot(page, "form-proven")
    press(page, "Verder naar nalezen")
    tick_warnings(page)
    press(page, "Indienen")

    expect(page.get_by_role("heading", level=1)).to_contain_text(move.number)
    assert Move.objects.get(pk=move.pk).state == S.AWAITING_APPROVAL


def test_another_code_empties_what_was_stated_and_says_so(
    visit: Visit, agent: User
) -> None:
    speak(agent, "en")
    move = make_draft(agent, **ANSWERS)
    page = visit(f"/aanvraag/{move}/", agent, **PHONE)

    page.get_by_label("New administration code").fill("MVL55555")

    expect(page.get_by_label("Who says so")).to_have_value("")
    expect(page.locator("#attested-place")).to_contain_text("MVL55555")
    shoot(page, "form-emptied")
    page.evaluate("scrollTo(0, 0)")
    assert (axe_faults(page), sideways(page)) == ([], 0)
    page.get_by_label("Who says so").fill("Iemand")
    page.locator("#id_moved_on").fill("2026-11-21")
    # Filled in by itself, and not once more after it was emptied.
    ticket = page.locator("#id_moved_ticket")
    expect(ticket).to_have_value(move.parties.requester_ticket)
    ticket.fill("")
    page.get_by_label("Who says so").fill("Iemand anders")
    page.locator("#id_moved_on").focus()
    expect(ticket).to_have_value("")
    ticket.fill("SUP-8")
    press(page, "Continue to read through")
    expect(page.locator(".answer-list")).to_contain_text("You attest that MVL55555")
    shoot(page, "review-said")


def test_the_older_of_two_tabs_is_told_and_keeps_what_was_typed(
    visit: Visit, agent: User
) -> None:
    move = make_draft(agent)
    older = visit(f"/aanvraag/{move}/", agent, **PHONE)
    newer = visit(f"/aanvraag/{move}/", agent)

    newer.get_by_label("Nieuwe administratiecode").fill("NIEUW1")
    expect(newer.locator("#diff ins.mono", has_text="NIEUW1")).to_be_visible()
    older.get_by_label("Nieuwe administratiecode").fill("NIEUW2")

    alert = older.locator("#changed-meanwhile")
    expect(alert).to_contain_text("NIEUW1")
    expect(older.locator(".toast")).to_contain_text("Intussen gewijzigd")
    expect(older.get_by_label("Nieuwe administratiecode")).to_have_value("NIEUW2")
    assert Move.objects.get(pk=move.pk).to_code == "NIEUW1"
    shoot(older, "form-meanwhile")
    older.evaluate("scrollTo(0, 0)")
    assert (axe_faults(older), sideways(older)) == ([], 0)
    press(older, "Bewaar wat hier staat")
    expect(alert).not_to_contain_text("NIEUW1")
    assert Move.objects.get(pk=move.pk).to_code == "NIEUW2"


def test_what_was_read_is_what_is_submitted(visit: Visit, agent: User) -> None:
    move = make_draft(agent)
    read = visit(f"/aanvraag/{move}/nalezen/", agent)
    other = visit(f"/aanvraag/{move}/", agent)
    other.get_by_label("Nieuwe administratiecode").fill("NIEUW1")
    press(other, "Bewaar als concept")
    expect(other).to_have_url("/aanvraag/")

    tick_warnings(read)
    press(read, "Indienen")

    expect(read.get_by_text("Er is niets ingediend.")).to_be_visible()
    expect(read.locator("#diff")).to_contain_text("NIEUW1")
    shoot(read, "review-meanwhile")
    assert Move.objects.get(pk=move.pk).state == S.DRAFT


def test_a_button_pressed_while_the_form_saves_itself_is_no_other_tab(
    visit: Visit, agent: User
) -> None:
    move = make_draft(agent)
    page = visit(f"/aanvraag/{move}/", agent)

    page.get_by_label("Naam").first.fill("Iemand")
    page.get_by_label("Nieuwe administratiecode").fill("NIEUW1")
    press(page, "Verder naar nalezen")

    expect(page.get_by_role("heading", level=1)).to_have_text("Klopt het zo?")
    assert Move.objects.get(pk=move.pk).to_code == "NIEUW1"


# --- looking changes nothing


def test_edit_opens_the_form_and_only_a_change_makes_a_draft_of_it(
    visit: Visit, agent: User, lead: User
) -> None:
    move = make_move(S.AWAITING_APPROVAL, agent=agent, lead=lead)
    page = visit(f"/migraties/{move}/", agent, **PHONE)

    page.get_by_role("link", name="Wijzigen").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#waiting-notice")).to_contain_text("wacht zoals die is")
    shoot(page, "form-waits")
    page.get_by_role("link", name="Terug, niets wijzigen").first.click()
    expect(page).to_have_url(f"/migraties/{move}/")
    stored = Move.objects.get(pk=move.pk)
    assert (stored.state, stored.revision) == (S.AWAITING_APPROVAL, 1)

    page.get_by_role("link", name="Wijzigen").click()
    page.get_by_label("Nieuwe administratiecode").fill("NIEUW1")
    expect(page.locator("#waiting-notice")).to_contain_text(
        "De aanvraag is weer een concept"
    )
    expect(page.get_by_label("Wie zegt het")).to_be_visible()
    expect(page.locator("h1")).to_have_count(1)
    assert Move.objects.get(pk=move.pk).state == S.DRAFT
    shoot(page, "form-reopened")
    page.evaluate("scrollTo(0, 0)")
    assert (axe_faults(page), sideways(page)) == ([], 0)


# --- a draft begins with its first answer


def test_clicking_through_the_types_leaves_no_draft_and_typing_makes_one(
    visit: Visit, agent: User
) -> None:
    page = visit("/aanvraag/", agent)
    for kind in ("Administratiecode wijzigen", "Verplaatsen naar andere omgeving"):
        page.get_by_role("button", name=kind).first.click()
        expect(page.locator("#number")).to_have_text("nog niet bewaard")
        page.get_by_role("button", name="Andere soort kiezen").click()
    assert not Move.objects.exists()

    page.get_by_role("button", name="Administratiecode wijzigen").first.click()
    expect(page.get_by_label("Zoek in administraties")).to_be_focused()
    page.get_by_label("Naam").first.fill("Anja Bos")
    page.get_by_label("Naam").first.blur()
    expect(page.locator("#number")).to_contain_text("M-")
    move = Move.objects.get()
    expect(page).to_have_url(f"/aanvraag/{move}/")
    page.get_by_role("button", name="Andere soort kiezen").click()
    page.get_by_role("button", name="Ander boekhoudsysteem koppelen").first.click()

    expect(page.get_by_label("Naam").first).to_have_value("Anja Bos")
    assert Move.objects.get().intent == T.RELINK_CONNECTION


# --- what cannot be is told at once


def test_an_office_without_the_package_is_refused_in_red_at_once(
    visit: Visit, agent: User
) -> None:
    speak(agent, "en")
    office = make_environment(name="Kantoor De Linde V.O.F.")
    make_connection(office, package=Package.TWINFIELD)
    move = make_draft(agent, T.MOVE_ENVIRONMENT_AND_CHANGE_CODE)
    page = visit(f"/aanvraag/{move}/", agent, **PHONE)

    page.locator("#id_to_environment").select_option(office.public_id)

    alert = page.locator("#connection .alert[data-tone=red]")
    expect(alert).to_contain_text("has no Unit4 Multivers")
    shoot(page, "form-no-package")
    page.evaluate("scrollTo(0, 0)")
    assert (axe_faults(page), sideways(page)) == ([], 0)


# --- the commonest job


JOB = {
    "kind": {
        "nl": "Verplaatsen naar andere omgeving en code",
        "en": "Move to another environment and change",
    },
    "search": {"nl": "Zoek in administraties", "en": "Search administrations"},
    "find": {"nl": "Zoeken", "en": "Search"},
    "next": {"nl": "Verder naar nalezen", "en": "Continue to read through"},
    "submit": {"nl": "Indienen", "en": "Submit"},
    "costs": {
        "nl": "Het nieuwe kantoor accepteert",
        "en": "The new office accepts",
    },
}
MOST_FIELDS, MOST_CLICKS = 7, 7


class Counting:
    """A person who fills in fields and clicks, and counts both."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.fields = self.clicks = 0

    def fill(self, selector: str, value: str) -> None:
        self.fields += 1
        self.page.locator(selector).fill(value)

    def choose(self, selector: str, value: str) -> None:
        self.fields += 1
        self.page.locator(selector).select_option(value)

    def tick(self, label: str) -> None:
        self.fields += 1
        self.page.get_by_label(label).check()

    def click(self, name: str) -> None:
        self.clicks += 1
        self.page.get_by_role("button", name=name).last.click()


@pytest.mark.parametrize(
    ("language", "scripted"),
    [("nl", True), ("en", False)],
    ids=["nl-script", "en-no-script"],
)
def test_the_commonest_job_takes_seven_fields(
    visit: Visit, agent: User, language: str, scripted: bool
) -> None:
    speak(agent, language)
    words = {name: texts[language] for name, texts in JOB.items()}
    administration = make_administration(make_connection(), name="Bakkerij Bos V.O.F.")
    office = make_environment()
    make_connection(office)
    page = visit("/aanvraag/", agent, java_script_enabled=scripted)
    person = Counting(page)

    person.click(words["kind"])
    person.fill("#id_administration", administration.name)
    if not scripted:
        person.click(words["find"])
    person.clicks += 1
    page.get_by_label(administration.name).check()
    person.choose("#id_to_environment", office.public_id)
    person.fill("#id_to_code", "MVL00993")
    person.fill("#id_requester_name", "Anja Bos <anja@noord.example>")
    person.fill("#id_requester_ticket", "SUP-9")
    person.fill("#id_consent_name", "Bert Zuid <bert@zuid.example>")
    person.tick(words["costs"])
    person.click(words["next"])
    page.locator("#id_client_informed").check()
    person.clicks += 1
    tick_warnings(page)
    person.click(words["submit"])

    move = Move.objects.get()
    expect(page.get_by_role("heading", level=1)).to_contain_text(move.number)
    assert move.parties.consent_ticket == "SUP-9"
    assert person.fields <= MOST_FIELDS
    assert person.clicks <= MOST_CLICKS
