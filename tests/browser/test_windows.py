"""Windows, freezes, priority and override, as a lead meets them in a browser."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.html import strip_tags
from playwright.sync_api import Page, expect

from adminmoves.access import actor_for
from adminmoves.detail.page import load_detail
from adminmoves.models import ExecutionWindow, Freeze, Move, Preferences, WorkerBeat
from adminmoves.templatetags.moments import brief
from adminmoves.vocabulary import BeatKind, MoveState
from tests.browser.conftest import Visit
from tests.browser.looking import LOOKS, faults_in_both_themes, shoot, sideways
from tests.cast import MakeMove

S = MoveState
WORDS = {
    "nl": {
        "opens": "Venster opent",
        "frozen": "Bevroren tot",
        "outside": "Mag buiten het venster lopen",
        "because": "Waarom het buiten het venster mag lopen",
        "ask": "Vertel waarom het buiten het venster mag lopen.",
        "approve": "Akkoord geven",
    },
    "en": {
        "opens": "Window opens",
        "frozen": "Frozen until",
        "outside": "It may run outside the window",
        "because": "Why it may run outside the window",
        "ask": "Say why it may run outside the window.",
        "approve": "Approve",
    },
}


@pytest.fixture(autouse=True)
def _closed(transactional_db: None) -> None:
    """A worker is heard, and all offices are closed for two days."""
    WorkerBeat.objects.create(
        name="w1", kind=BeatKind.WORKER, started_at=timezone.now()
    )
    day = (timezone.localtime() + timedelta(days=2)).weekday()
    ExecutionWindow.objects.create(weekdays=[day], opens=time(18), closes=time(23))


def look(page: Page, name: str) -> list[str]:
    shoot(page, f"windows-{name}")
    assert sideways(page) == 0
    return faults_in_both_themes(page)


@pytest.mark.parametrize(("device", "language"), LOOKS)
def test_a_lead_reads_what_holds_and_lets_one_move_run_outside_the_window(
    language: str,
    device: dict[str, Any],
    visit: Visit,
    lead: User,
    a_move: MakeMove,
) -> None:
    words = WORDS[language]
    Preferences.objects.create(user=lead, language=language)
    move = a_move(S.AWAITING_APPROVAL)
    here = f"{language}-{device['viewport']['width']}"
    page = visit(f"/migraties/{move.number}/", lead, **device)

    box = page.locator("#approval")
    expect(box).to_contain_text(words["opens"])
    expect(page.get_by_label(words["because"])).to_be_hidden()
    box.get_by_label(words["outside"], exact=True).check()
    expect(page.get_by_label(words["because"])).to_be_visible()
    faults = look(page, f"approval-{here}")
    page.get_by_role("button", name=words["approve"], exact=True).click()
    expect(page.locator(".err")).to_contain_text(words["ask"])
    faults += look(page, f"asked-{here}")
    page.get_by_label(words["because"]).fill("De klant wacht.")
    page.get_by_role("button", name=words["approve"], exact=True).click()

    expect(page.locator("#queue-wait")).to_be_visible()
    expect(page.locator("#timeline-list")).to_contain_text("De klant wacht.")
    assert Move.objects.get(pk=move.pk).outside_windows
    faults += look(page, f"let-{here}")

    now = timezone.now()
    Freeze.objects.create(
        name="Btw-aangifte", starts_at=now, ends_at=now + timedelta(days=9)
    )
    page.reload()
    expect(page.locator("#queue-wait")).to_contain_text(words["frozen"])
    faults += look(page, f"frozen-{here}")
    page.goto("/?status=alle")
    expect(page.locator(".rownote")).to_contain_text("Btw-aangifte")
    faults += look(page, f"list-{here}")
    assert faults == []


def test_a_freeze_that_comes_later_moves_the_stepper_with_the_card(
    visit: Visit, lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    page = visit(f"/migraties/{move.number}/", lead)
    page.clock.install()
    page.reload()
    before = page.locator("#move-steps [aria-current] time").get_attribute("datetime")

    now = timezone.now()
    Freeze.objects.create(
        name="Btw-aangifte", starts_at=now, ends_at=now + timedelta(days=9)
    )
    page.clock.run_for(31_000)

    expect(page.locator("#queue-wait")).to_contain_text("Bevroren tot")
    starts_at = load_detail(move.pk, actor_for(lead)).starts_at
    expect(page.locator("#move-steps [aria-current]")).to_contain_text(
        strip_tags(brief(starts_at))
    )
    after = page.locator("#move-steps [aria-current] time").get_attribute("datetime")
    assert after != before
