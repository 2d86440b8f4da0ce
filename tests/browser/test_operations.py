"""The page of operations and what it tells on other pages, looked at and used."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from adminmoves.access import actor_for
from adminmoves.models import Preferences, WorkerBeat
from adminmoves.operations.actions import pause_queue
from adminmoves.vocabulary import MoveState, MoveType
from tests.browser.conftest import Visit
from tests.browser.looking import LOOKS, faults_in_both_themes, shoot, sideways
from tests.browser.world import make_processes
from tests.builders import make_draft, start
from tests.cast import MakeMove

PAGE = "/beheer/werking/"
S = MoveState


@pytest.mark.parametrize(("device", "language"), LOOKS)
def test_a_pause_can_be_read_everywhere_it_matters(
    visit: Visit,
    lead: User,
    a_move: MakeMove,
    device: dict[str, Any],
    language: str,
) -> None:
    Preferences.objects.create(user=lead, language=language)
    make_processes()
    start(a_move(S.APPROVED))
    a_move(S.IN_DOUBT)
    waiting = a_move(S.APPROVED)
    a_move(S.AWAITING_APPROVAL)
    draft = make_draft(lead, MoveType.CHANGE_CODE)
    pages = {
        "operations": PAGE,
        "form": f"/aanvraag/{draft}/",
        "queue": "/akkoord/",
        "queued": f"/migraties/{waiting}/",
    }
    page = visit(PAGE, lead, **device)
    look = f"{device['viewport']['width']}-{language}"
    shoot(page, f"werking-open-{look}")
    assert faults_in_both_themes(page) == []

    pause_queue(actor=actor_for(lead), reason="De server gaat uit", draining=True)

    for name, path in pages.items():
        page.goto(path)
        shoot(page, f"werking-{name}-{look}")
        assert faults_in_both_themes(page) == [], name
        assert sideways(page) == 0, name


def test_a_lead_pauses_reads_who_works_and_lets_it_go_on(
    visit: Visit, lead: User
) -> None:
    make_processes()
    page = visit(PAGE, lead)

    page.get_by_label("Waarom de wachtrij moet wachten").fill("De server gaat uit")
    # What is typed stays, while the rest of the page keeps itself up to date.
    WorkerBeat.objects.filter(name="worker2@voorbeeld").delete()
    expect(page.get_by_text("worker2@voorbeeld")).to_have_count(0, timeout=10_000)
    page.get_by_role("button", name="Pauzeer, en zeg wanneer er niets loopt").click()
    expect(page.get_by_text("Er loopt niets meer")).to_be_visible()

    page.get_by_label("Waarom het verder mag").fill("Klaar")
    page.get_by_role("button", name="Laat de wachtrij verdergaan").click()
    expect(page.get_by_text("De wachtrij is open")).to_be_visible()
