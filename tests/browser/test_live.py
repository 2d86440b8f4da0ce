"""A page that follows a move by itself and takes nothing away from its reader."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from adminmoves.evidence.records import ask_package
from adminmoves.execution import runner
from adminmoves.models import Attempt, BookkeepingConnection, Move
from adminmoves.vocabulary import MoveState, Verdict
from tests.browser.conftest import Visit
from tests.browser.world import make_processes
from tests.builders import make_administration, make_connection, make_draft, submit
from tests.cast import MakeMove
from tests.packages import ChosenAnswers


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

    runner.execute(Attempt.objects.get(move=running, ended_at=None))

    expect(page.get_by_role("heading", level=1)).to_contain_text("Voltooid")
    expect(page.locator(".sp-done")).to_have_count(6)
    expect(comment).to_be_focused()
    expect(comment).to_have_value("Ik schrijf")


def test_a_paused_picture_asks_for_nothing(page: Page) -> None:
    page.get_by_role("button", name="Niet meer verversen").click()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))

    page.wait_for_timeout(3500)

    assert requests == []


def test_the_page_of_who_decides_stays_as_it_is(
    visit: Visit, a_move: MakeMove, lead: User
) -> None:
    page = visit(f"/migraties/{a_move(MoveState.AWAITING_APPROVAL)}/", lead)

    expect(page.locator("#approval")).to_be_visible()
    expect(page.locator("[data-poll]")).to_have_count(0)


def test_a_new_answer_arrives_and_an_open_fold_stays_open(
    visit: Visit, agent: User, package: ChosenAnswers
) -> None:
    connection = make_connection(demand=BookkeepingConnection.Demand.API)
    move = submit(
        make_draft(agent, administration=make_administration(connection)), agent
    )
    page = visit(f"/migraties/{move}/", agent)
    waiting = page.locator("#proof")
    page.get_by_text("Duurt het te lang?").click()

    package.will_say(Verdict.FOUND_NOT_USABLE)
    ask_package(move.pk)

    expect(waiting).to_contain_text("Gevonden, maar niet actief", timeout=10_000)
    expect(page.get_by_text("Vraag het kantoor of de administratie")).to_be_visible()


@pytest.mark.parametrize(
    "state",
    [
        MoveState.AWAITING_BOOKKEEPING,
        MoveState.AWAITING_APPROVAL,
        MoveState.APPROVED,
        MoveState.RUNNING,
    ],
)
def test_without_a_script_the_page_of_who_waits_is_refreshed_with_a_link(
    visit: Visit, a_move: MakeMove, agent: User, state: MoveState
) -> None:
    move = a_move(state)
    path = f"/migraties/{move}/"

    page = visit(path, agent, java_script_enabled=False)
    page.get_by_role("link", name="Nu verversen").click()

    expect(page).to_have_url(re.compile(rf"{path}$"))
    expect(page.get_by_role("link", name="Nu verversen")).to_be_visible()


def test_without_a_script_operations_is_refreshed_with_a_link(
    visit: Visit, lead: User
) -> None:
    page = visit("/beheer/werking/", lead, java_script_enabled=False)
    make_processes()

    page.get_by_role("link", name="Nu verversen").click()

    expect(page.get_by_text("laatst gehoord").first).to_be_visible()
