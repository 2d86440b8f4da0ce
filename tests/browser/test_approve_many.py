"""Ticking several requests in the queue, as a lead does it in a browser."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from adminmoves.models import Move, Preferences
from adminmoves.vocabulary import MoveState
from tests.browser.conftest import Visit
from tests.browser.looking import (
    DEVICES,
    PHONE,
    axe_faults,
    faults_in_both_themes,
    hidden_stops,
    shoot,
    sideways,
)
from tests.builders import approve
from tests.cast import MakeMove


@pytest.fixture
def plain(a_move: MakeMove) -> list[Move]:
    """Three requests without a warning."""
    return [a_move(MoveState.AWAITING_APPROVAL) for _ in range(3)]


@pytest.fixture
def waiting(a_move: MakeMove) -> list[Move]:
    """Three requests with a warning each."""
    facts = {"client_informed": False}
    return [a_move(MoveState.AWAITING_APPROVAL, **facts) for _ in range(3)]


def state_of(move: Move) -> str:
    return str(Move.objects.get(pk=move.pk).state)


def name_of(move: Move) -> str:
    assert move.administration is not None
    return move.administration.name


def box(page: Page, move: Move) -> Locator:
    return page.get_by_label(f"Akkoord voor {name_of(move)}, samen met andere")


@pytest.mark.parametrize("device", DEVICES)
def test_several_are_ticked_and_approved_with_one_button(
    visit: Visit,
    plain: list[Move],
    waiting: list[Move],
    lead: User,
    device: dict[str, Any],
) -> None:
    page = visit("/akkoord/", lead, **device)

    page.get_by_label("Alles zonder waarschuwing selecteren").check()

    button = page.get_by_role("button", name="Akkoord geven op 3 aanvragen")
    expect(button).to_be_in_viewport()
    expect(box(page, waiting[0])).not_to_be_checked()
    box(page, waiting[0]).check()
    box(page, plain[2]).uncheck()
    seen = page.get_by_label(f"Waarschuwingen gezien: {name_of(waiting[0])}")
    expect(seen).to_be_visible()
    assert (sideways(page), hidden_stops(page)) == (0, [])
    assert faults_in_both_themes(page) == []
    shoot(page, f"queue-ticked-{device['viewport']['width']}", whole=False)
    button.click()
    expect(seen).to_be_focused()
    assert state_of(plain[0]) == MoveState.AWAITING_APPROVAL
    seen.check()
    button.click()

    expect(page.get_by_text("Er is akkoord voor 3 aanvragen:")).to_be_visible()
    approved = [state_of(move) for move in (*plain, *waiting)]
    assert approved == [
        *[MoveState.APPROVED] * 2,
        MoveState.AWAITING_APPROVAL,
        MoveState.APPROVED,
        *[MoveState.AWAITING_APPROVAL] * 2,
    ]


def test_several_are_approved_without_a_script_and_the_answer_stands_at_the_line(
    visit: Visit, waiting: list[Move], a_move: MakeMove, lead: User
) -> None:
    plain = a_move(MoveState.AWAITING_APPROVAL)
    page = visit("/akkoord/", lead, java_script_enabled=False)
    expect(page.get_by_text("Alles zonder waarschuwing selecteren")).to_be_hidden()

    for move in (waiting[0], waiting[1], plain):
        box(page, move).check()
    page.get_by_label(f"Waarschuwingen gezien: {name_of(waiting[0])}").check()
    page.get_by_role("button", name="Akkoord voor wat is aangevinkt").click()

    expect(page.get_by_text("Voor 1 aanvraag is er geen akkoord")).to_be_visible()
    line = page.locator("li", has=page.locator(f"#q-{waiting[1].pk}"))
    expect(line).to_contain_text("Vink aan dat je dit hebt gezien")
    expect(box(page, waiting[1])).to_be_checked()
    shoot(page, "queue-refused-1280", whole=False)
    approved = [state_of(move) for move in (waiting[0], plain)]
    assert approved == [MoveState.APPROVED] * 2
    page.get_by_role("link", name=name_of(waiting[2])).click()
    expect(page.locator("#decision h2").first).to_have_text(name_of(waiting[2]))


def test_the_answer_to_several_breaks_no_rule(
    visit: Visit, waiting: list[Move], lead: User, other_lead: User
) -> None:
    Preferences.objects.create(user=lead, language="en")
    page = visit("/akkoord/", lead, **PHONE)
    page.get_by_label(f"Approve {name_of(waiting[0])} together").check()
    page.get_by_label(f"Warnings seen: {name_of(waiting[0])}").check()
    page.get_by_label(f"Approve {name_of(waiting[1])} together").check()
    page.get_by_label(f"Warnings seen: {name_of(waiting[1])}").check()
    approve(waiting[1], other_lead)

    page.get_by_role("button", name="Approve 2 requests").click()

    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#error-summary")).to_contain_text(other_lead.username)
    assert (sideways(page), axe_faults(page), hidden_stops(page)) == (0, [], [])
    shoot(page, "queue-answer-phone-english", whole=False)
