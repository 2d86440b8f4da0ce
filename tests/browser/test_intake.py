"""Filing a request in a real browser: a story each."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from adminmoves.evidence.records import ask_package
from adminmoves.models import Administration, Move
from adminmoves.vocabulary import MoveState, MoveType, Package
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
from tests.builders import (
    make_administration,
    make_connection,
    make_draft,
    make_environment,
    make_move,
)

T = MoveType


@pytest.fixture
def administration(db: None) -> Administration:
    """A bakery at one office, with another office where it can go."""
    north = make_environment(office_code="VKNX104", name="Voorbeeldkantoor Noord")
    south = make_environment(office_code="VKZ221", name="Voorbeeldkantoor Zuid")
    here = make_connection(
        north, package=Package.TWINFIELD, package_environment="NOORD-NL"
    )
    make_connection(south, package=Package.TWINFIELD, package_environment="BERG-01")
    return make_administration(
        here,
        name="Bakkerij Voorbeeld B.V.",
        code="B2041",
        documents=4812,
        documents_unprocessed=12,
    )


def fill_in(page: Page) -> None:
    """All answers of a move to another office with another code."""
    page.get_by_label("Zoek in administraties").press_sequentially("Bakkerij")
    page.get_by_label("Bakkerij Voorbeeld B.V.").check()
    page.get_by_label("Nieuw kantoor").select_option("VKZ221 — Voorbeeldkantoor Zuid")
    page.get_by_label("Nieuwe koppeling").select_option("Twinfield BERG-01")
    page.get_by_label("Nieuwe administratiecode").press_sequentially("NL2041")
    requester = page.get_by_role("group", name="Aanvrager")
    requester.get_by_label("Naam").fill("Supergebruiker Noord")
    requester.get_by_label("E-mailadres").fill("super@noord.example")
    requester.get_by_label("Ticketnummer").fill("SUP-88412")
    consent = page.get_by_role("group", name="Instemming")
    consent.get_by_label("Naam").fill("Supergebruiker Zuid")
    consent.get_by_label("E-mailadres").fill("super@zuid.example")
    consent.get_by_label("Gegeven op").fill("2026-11-20")
    consent.get_by_label("Ticketnummer").fill("SUP-88419")
    consent.get_by_label("Het nieuwe kantoor accepteert").check()


def test_an_agent_files_a_request_and_sees_the_checks_at_once(
    visit: Visit, agent: User, administration: Administration
) -> None:
    page = visit("/aanvraag/", agent)
    page.get_by_role("button", name="Verplaatsen naar andere omgeving en code").click()

    fill_in(page)

    diff = page.locator("#diff")
    expect(diff).to_contain_text("vkz221.nl2041@mailtobasecone.com")
    expect(page.locator("#checks .sum")).to_contain_text("let op")
    expect(page.locator("#checks")).not_to_contain_text("nog open")
    expect(page.locator("#saved")).to_contain_text("Concept bewaard om")
    page.get_by_label("Wie zegt het").fill("Supergebruiker Zuid")
    page.get_by_label("Sinds wanneer").fill("2026-11-20")
    page.locator("#id_moved_ticket").fill("SUP-88420")
    shoot(page, "form-filled")
    page.get_by_role("button", name="Verder naar nalezen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Klopt het zo?")
    for box in page.get_by_role("checkbox").all():
        box.check()
    shoot(page, "review-filled")
    page.get_by_role("button", name="Indienen").click()

    number = Move.objects.get().number
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{number} is ingediend")
    assert axe_faults(page) == []
    filed = Move.objects.get()
    assert (filed.state, filed.to_code) == (MoveState.AWAITING_APPROVAL, "NL2041")


def test_without_a_script_the_same_request_is_filed(
    visit: Visit, agent: User, administration: Administration
) -> None:
    page = visit("/aanvraag/", agent, java_script_enabled=False)
    page.get_by_role("button", name="Ander boekhoudsysteem koppelen en code").click()
    make_connection(
        administration.environment,
        package=Package.TWINFIELD,
        package_environment="NOORD-2",
    )

    page.get_by_label("Zoek in administraties").fill("VKNX104.B2041")
    page.get_by_role("button", name="Zoeken", exact=True).click()
    page.get_by_label("Bakkerij Voorbeeld B.V.").check()
    page.get_by_role("button", name="Controleer opnieuw").click()
    page.get_by_label("Nieuwe koppeling").select_option("Twinfield NOORD-2")
    page.get_by_label("Nieuwe administratiecode").fill("NL2041")
    requester = page.get_by_role("group", name="Aanvrager")
    requester.get_by_label("Naam").fill("Supergebruiker Noord")
    requester.get_by_label("E-mailadres").fill("super@noord.example")
    requester.get_by_label("Ticketnummer").fill("SUP-88412")
    page.get_by_role("button", name="Verder naar nalezen").click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Indienen").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("is ingediend")
    assert Move.objects.get().state == MoveState.AWAITING_BOOKKEEPING


def test_what_is_being_typed_is_never_replaced(
    visit: Visit, agent: User, administration: Administration
) -> None:
    move = make_draft(agent, T.MOVE_ENVIRONMENT_AND_CHANGE_CODE)
    page = visit(f"/aanvraag/{move}/", agent)
    code = page.get_by_label("Nieuwe administratiecode")
    code.evaluate("field => { field.dataset.mark = 'same'; }")

    code.fill("")
    with page.expect_response("**/controle/"):
        code.press_sequentially("AB")
    code.press_sequentially("CD")
    expect(page.locator("#diff ins.mono", has_text="ABCD")).to_be_visible()

    expect(code).to_have_value("ABCD")
    expect(code).to_have_attribute("data-mark", "same")
    expect(code).to_be_focused()


def test_errors_are_told_on_top_with_the_focus_and_lead_to_the_field(
    visit: Visit, agent: User, administration: Administration
) -> None:
    move = make_draft(agent, T.MOVE_ENVIRONMENT_AND_CHANGE_CODE, consent_name="")
    page = visit(f"/aanvraag/{move}/", agent)

    page.get_by_label("Nieuwe administratiecode").fill("20 41")
    page.get_by_role("button", name="Verder naar nalezen").click()

    expect(page).to_have_title(
        "Fout: Verplaatsen naar andere omgeving en code wijzigen · Migratieportaal"
    )
    expect(page.locator("#error-summary")).to_be_focused()
    assert axe_faults(page) == []
    shoot(page, "form-error")
    page.locator("#error-summary").get_by_role("link").first.click()
    expect(page.get_by_label("Nieuwe administratiecode")).to_be_focused()
    expect(page.get_by_label("Nieuwe administratiecode")).to_have_value("20 41")


def test_another_type_is_one_button_away(visit: Visit, agent: User) -> None:
    move = make_draft(agent, T.RELINK_CONNECTION_AND_CHANGE_CODE)
    assert move.administration is not None
    page = visit(f"/aanvraag/{move}/", agent)

    page.get_by_label("Nieuwe administratiecode").fill(move.administration.code)
    page.get_by_role("button", name="Kies die soort, houd mijn antwoorden").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Ander boekhoudsysteem koppelen"
    )
    requester = page.get_by_role("group", name="Aanvrager")
    expect(requester.get_by_label("Naam")).to_have_value("Supergebruiker Noord")


def test_enter_in_a_field_never_switches_the_type(visit: Visit, agent: User) -> None:
    move = make_draft(agent, T.RELINK_CONNECTION_AND_CHANGE_CODE)
    assert move.administration is not None
    page = visit(f"/aanvraag/{move}/", agent)

    code = page.get_by_label("Nieuwe administratiecode")
    code.fill(move.administration.code)
    expect(page.locator("#other-type")).to_contain_text("Wat je invulde hoort bij")
    code.press("Enter")

    expect(page.locator("#error-summary")).to_be_focused()
    assert Move.objects.get().intent == T.RELINK_CONNECTION_AND_CHANGE_CODE


def test_enter_in_the_search_field_searches_and_sends_nothing(
    visit: Visit, agent: User, administration: Administration
) -> None:
    move = make_draft(agent)
    page = visit(f"/aanvraag/{move}/", agent)

    search = page.get_by_label("Zoek in administraties")
    search.press_sequentially("vknx104")
    search.press("Enter")

    expect(page.get_by_label("Bakkerij Voorbeeld B.V.")).to_be_visible()
    expect(page.locator("#error-summary")).to_have_count(0)


def test_a_file_is_added_to_an_attestation(
    visit: Visit, agent: User, lead: User
) -> None:
    move = make_move(MoveState.AWAITING_BOOKKEEPING, agent=agent, lead=lead)
    page = visit(f"/migraties/{move}/verklaring/", agent)

    page.get_by_label("Wie zegt het").fill("Supergebruiker Noord")
    page.get_by_label("Sinds wanneer").fill("2026-11-20")
    page.get_by_label("Bestand").set_input_files(
        {"name": "mail.eml", "mimeType": "", "buffer": b"From: a@b.example\r\n\r\nJa."}
    )
    page.get_by_role("button", name="Leg de verklaring vast").click()

    expect(page.get_by_text("De verklaring is vastgelegd.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="mail.eml").first.click()
    assert download.value.suggested_filename == "mail.eml"


def pages(
    agent: User, lead: User, other: User, administration: Administration
) -> dict[str, str]:
    """The pages and states of filing and proving, by the name of their picture."""
    office = administration.environment
    api = make_connection(
        office,
        package=Package.TWINFIELD,
        package_environment="NOORD-API",
        demand="API",
    )
    empty = make_draft(lead, T.MOVE_ENVIRONMENT_AND_CHANGE_CODE)
    Move.objects.filter(pk=empty.pk).update(administration=None, to_connection=None)
    relink = make_draft(lead, T.RELINK_CONNECTION, administration, to_connection=api)
    waiting = make_move(MoveState.AWAITING_BOOKKEEPING, agent=agent, lead=lead)
    to_api = make_move(
        MoveState.AWAITING_BOOKKEEPING,
        agent=agent,
        lead=lead,
        move_type=T.RELINK_CONNECTION,
        administration=make_administration(
            make_connection(office, package=Package.TWINFIELD)
        ),
        to_connection=api,
    )
    ask_package(to_api.pk)
    return {
        "choose-drafts": "/aanvraag/",
        "choose-along": f"/aanvraag/?administratie={administration.public_id}",
        "form-empty": f"/aanvraag/{empty}/",
        "form-api": f"/aanvraag/{relink}/",
        "review-unticked": f"/aanvraag/{relink}/nalezen/",
        "colleague": f"/aanvraag/{make_draft(other, T.CHANGE_CODE)}/",
        "withdraw": f"/migraties/{waiting}/intrekken/",
        "throw-away": f"/migraties/{empty}/intrekken/",
        "recount": f"/migraties/{waiting}/tellen/",
        "attest-lead": f"/migraties/{waiting}/verklaring/",
        "waiting-api": f"/migraties/{to_api}/",
    }


@pytest.mark.parametrize("device", DEVICES)
def test_every_state_of_filing_is_accessible(
    visit: Visit,
    agent: User,
    lead: User,
    other_agent: User,
    administration: Administration,
    device: dict[str, Any],
) -> None:
    page = visit("/voorkeuren/", lead, **device)
    faults = {}

    for name, path in pages(agent, lead, other_agent, administration).items():
        page.goto(path)
        faults[name] = faults_in_both_themes(page)
        shoot(page, f"{name}-{device['viewport']['width']}")

    assert {name: found for name, found in faults.items() if found} == {}


def test_no_state_of_filing_scrolls_sideways_or_hides_a_stop(
    visit: Visit,
    agent: User,
    lead: User,
    other_agent: User,
    administration: Administration,
) -> None:
    shown = pages(agent, lead, other_agent, administration)
    narrow = visit("/voorkeuren/", lead, **NARROW)
    looks = [visit("/voorkeuren/", lead, **device) for device in (DESKTOP, PHONE)]
    faults: dict[str, Any] = {}

    for name, path in shown.items():
        narrow.goto(path)
        faults[f"{name} sideways"] = sideways(narrow)
        for page in looks:
            page.goto(path)
            faults[f"{name} {page.viewport_size}"] = hidden_stops(page)

    assert {name: found for name, found in faults.items() if found} == {}
