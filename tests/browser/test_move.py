"""Deciding on a request and what comes after, as people do it in a browser."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from adminmoves.models import Aftercare, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.browser.conftest import Visit
from tests.browser.looking import PHONE, axe_faults, hidden_stops, shoot, sideways
from tests.builders import attest_as, make_draft, submit
from tests.cast import MakeMove

BOTH = MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE


@pytest.fixture
def waiting(a_move: MakeMove) -> list[Move]:
    """Three requests with a warning each; the first waits longest."""
    note = "Zuid weet dat de gebruikers opnieuw aangemaakt worden."
    facts = {"move_type": BOTH, "client_informed": False, "note": note}
    return [a_move(MoveState.AWAITING_APPROVAL, **facts) for _ in range(3)]


def state_of(move: Move) -> str:
    return str(Move.objects.get(pk=move.pk).state)


def name_of(move: Move) -> str:
    assert move.administration is not None
    return move.administration.name


def in_sight(page: Page, name: str) -> bool:
    """Whether the whole button lies in the window, without scrolling."""
    box = page.get_by_role("button", name=name, exact=True).bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    return box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


def test_a_lead_walks_the_queue_by_keyboard_and_stays_in_it(
    visit: Visit, waiting: list[Move], lead: User
) -> None:
    first, second, third = waiting
    page = visit("/akkoord/", lead)
    heading = page.locator("#decision h2").first
    expect(heading).to_have_text(name_of(first))
    page.evaluate("document.querySelector('.qlist').id = 'same-list'")

    page.keyboard.press("j")

    expect(heading).to_have_text(name_of(second))
    expect(page).to_have_url(re.compile(rf"\?m={second.number}$"))
    expect(page.locator("#same-list [aria-current]")).to_contain_text(name_of(second))
    page.keyboard.press("a")
    expect(page.locator("#approval")).to_be_focused()
    page.get_by_label("De klant weet het nog niet").check()
    page.get_by_role("button", name="Akkoord geven", exact=True).click()

    expect(page.get_by_text(f"Er is akkoord voor {second.number}.")).to_be_visible()
    expect(heading).to_have_text(name_of(third))
    assert [state_of(move) for move in waiting] == [
        MoveState.AWAITING_APPROVAL,
        MoveState.APPROVED,
        MoveState.AWAITING_APPROVAL,
    ]


def test_the_buttons_of_a_decision_are_in_sight_on_a_low_window(
    visit: Visit, waiting: list[Move], lead: User
) -> None:
    page = visit("/akkoord/", lead)
    shoot(page, "queue-1280x800", whole=False)

    assert in_sight(page, "Akkoord geven")
    assert hidden_stops(page) == []


def test_an_unseen_warning_is_told_on_top_and_at_the_box(
    visit: Visit, waiting: list[Move], lead: User
) -> None:
    typed = f"{timezone.localtime() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    page = visit("/akkoord/", lead)
    page.get_by_label("Ander moment").check()
    page.get_by_label("Eigen moment").fill(typed)

    page.get_by_role("button", name="Akkoord geven", exact=True).click()

    expect(page).to_have_title("Fout: Akkoord geven · Migratieportaal")
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("De klant weet het nog niet")
    expect(page.get_by_label("Eigen moment")).to_have_value(typed)
    assert axe_faults(page) == []
    summary.get_by_role("link").click()
    expect(page.locator("#approve_seen")).to_be_in_viewport()


def test_a_reason_unfolds_in_place(
    visit: Visit, waiting: list[Move], lead: User
) -> None:
    page = visit(f"/migraties/{waiting[0].number}/", lead)

    page.get_by_text("Afwijzen", exact=True).click()
    page.get_by_label("Waarom je afwijst").fill("Verkeerde administratie.")
    assert axe_faults(page) == []
    shoot(page, "move-rejecting-1280")
    page.get_by_role("button", name="Wijs de aanvraag af").click()

    expect(page.get_by_role("heading", name="De aanvraag is afgewezen")).to_be_visible()
    expect(page.get_by_text("“Verkeerde administratie.”").first).to_be_visible()
    assert state_of(waiting[0]) == MoveState.REJECTED


def test_on_a_phone_the_queue_is_a_list_and_then_a_page(
    visit: Visit, waiting: list[Move], lead: User
) -> None:
    page = visit("/akkoord/", lead, **PHONE)
    expect(page.locator("#decision")).to_be_hidden()
    shoot(page, "queue-list-phone", whole=False)

    page.get_by_role("link", name=name_of(waiting[1])).click()

    expect(page.locator("#decision h2").first).to_have_text(name_of(waiting[1]))
    expect(page.locator(".qlist")).to_be_hidden()
    shoot(page, "queue-decision-phone", whole=False)
    assert (sideways(page), axe_faults(page)) == (0, [])
    page.get_by_role("link", name="Alle aanvragen").click()
    expect(page.locator(".qlist")).to_be_visible()


def test_a_lead_sees_who_decides_on_a_request_of_their_own(
    visit: Visit, lead: User, other_lead: User
) -> None:
    move = make_draft(lead)
    submit(move, lead)
    attest_as(move, lead)

    page = visit("/akkoord/", lead)

    box = page.locator("#approval")
    expect(box).to_contain_text("Een andere teamleider geeft akkoord")
    expect(box).to_contain_text(other_lead.username)
    expect(page.get_by_role("button", name="Akkoord geven", exact=True)).to_have_count(
        0
    )
    assert axe_faults(page) == []
    shoot(page, "queue-own-1280", whole=False)


def test_a_decision_works_without_a_script(
    visit: Visit, waiting: list[Move], lead: User
) -> None:
    page = visit("/akkoord/", lead, java_script_enabled=False)

    page.get_by_role("link", name=name_of(waiting[2])).click()
    page.get_by_text("Terugsturen met vraag").click()
    page.get_by_label("Je vraag").fill("Klopt de code?")
    page.get_by_role("button", name="Stuur de vraag").click()

    expect(
        page.get_by_text(f"{waiting[2].number} is teruggestuurd met je vraag.")
    ).to_be_visible()
    assert state_of(waiting[2]) == MoveState.DRAFT


def test_after_care_is_ticked_in_place_with_the_focus_kept(
    visit: Visit, a_move: MakeMove, agent: User
) -> None:
    move = a_move(MoveState.COMPLETED, move_type=BOTH)
    page = visit(f"/migraties/{move.number}/", agent)
    task = page.get_by_role("button", name="Maak een testboeking")

    task.focus()
    page.keyboard.press("Enter")

    expect(task).to_have_attribute("aria-pressed", "true")
    expect(task).to_be_focused()
    expect(page.locator("#aftercare").get_by_text("1 van 8 gedaan")).to_be_visible()
    ticked = Aftercare.objects.get(move=move, code="test_booking")
    assert ticked.ticked_by == agent


def test_a_doubt_is_settled_with_a_reason(
    visit: Visit, a_move: MakeMove, lead: User
) -> None:
    move = a_move(MoveState.IN_DOUBT, move_type=BOTH)
    page = visit(f"/migraties/{move.number}/", lead)

    page.get_by_role("button", name="Leg het antwoord vast").click()
    expect(page.locator("#error-summary")).to_be_focused()
    assert axe_faults(page) == []
    page.get_by_label("Draai alles terug").check()
    page.get_by_label("Hoe weet je dat?").fill("Het kantoor belde.")
    page.get_by_role("button", name="Leg het antwoord vast").click()

    expect(page.get_by_text("Je antwoord is vastgelegd")).to_be_visible()
    assert state_of(move) == MoveState.RUNNING
