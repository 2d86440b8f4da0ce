"""A page that follows a move by itself and takes nothing away from its reader."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, Route, expect

from adminmoves.execution import runner
from adminmoves.models import Attempt, Move
from adminmoves.vocabulary import MoveState
from tests.browser.conftest import Visit
from tests.cast import MakeMove

PROGRESS = "**/voortgang/**"


@pytest.fixture
def running(a_move: MakeMove) -> Move:
    return a_move(MoveState.RUNNING)


@pytest.fixture
def page(visit: Visit, running: Move, lead: User) -> Page:
    return visit(f"/migraties/{running}/", lead)


def test_the_end_of_a_run_arrives_by_itself_and_keeps_the_focus(
    page: Page, running: Move
) -> None:
    comment = page.get_by_label("Opmerking")
    comment.fill("Ik schrijf")

    runner.carry_out(Attempt.objects.get(move=running, ended_at=None))

    expect(page.get_by_role("heading", level=1)).to_contain_text("Voltooid")
    expect(page.locator(".sp-done")).to_have_count(6)
    expect(comment).to_be_focused()
    expect(comment).to_have_value("Ik schrijf")


def test_a_paused_picture_asks_for_nothing(page: Page) -> None:
    page.get_by_role("button", name="Pauzeer beeld").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.wait_for_timeout(3500)

    assert asked == []


def test_three_missed_answers_say_that_the_connection_is_lost(page: Page) -> None:
    lost = page.get_by_text("Verbinding kwijt, we proberen het opnieuw").first

    def refuse(route: Route) -> None:
        route.fulfill(status=503, body="")

    expect(lost).to_be_hidden()
    page.route(PROGRESS, refuse)

    expect(lost).to_be_visible()
    page.unroute(PROGRESS)
    expect(lost).to_be_hidden()


def test_the_page_of_who_decides_stays_as_it_is(
    visit: Visit, a_move: MakeMove, lead: User
) -> None:
    page = visit(f"/migraties/{a_move(MoveState.AWAITING_APPROVAL)}/", lead)

    expect(page.locator("#approval")).to_be_visible()
    expect(page.locator("[data-poll]")).to_have_count(0)
