"""Lists, one administration, search, help and history, as people meet them."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import Page, expect

from adminmoves.models import Move, Preferences
from adminmoves.vocabulary import MoveState, MoveType
from tests.browser.conftest import Visit
from tests.browser.looking import (
    LOOKS,
    NARROW,
    PHONE,
    axe_faults,
    faults_in_both_themes,
    hidden_stops,
    shoot,
    sideways,
)
from tests.builders import WAYS, make_move, put_on_record

TYPES = list(MoveType)


@pytest.fixture
def office(agent: User, lead: User, other_agent: User) -> list[Move]:
    """A portal in the middle of a day: a move in every state, of every type."""
    moves = [
        make_move(
            state,
            agent=other_agent if place % 2 else agent,
            lead=lead,
            move_type=TYPES[place % len(TYPES)],
        )
        for place, state in enumerate(WAYS)
    ]
    moved = moves[-6].administration
    again = make_move(
        MoveState.COMPLETED,
        agent=agent,
        lead=lead,
        move_type=MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE,
        administration=moved,
    )
    moves.append(again)
    moves.append(
        make_move(
            MoveState.AWAITING_APPROVAL,
            agent=agent,
            lead=lead,
            move_type=MoveType.MOVE_ENVIRONMENT,
            administration=again.administration,
        )
    )
    put_on_record()
    call_command("verify_audit")
    return moves


def pages(moves: list[Move]) -> dict[str, str]:
    administration = moves[-1].administration
    assert administration is not None
    return {
        "list": "/?status=alle",
        "administrations": "/administraties/",
        "administration": f"/administraties/{administration.public_id}/",
        "search": f"/zoeken/?q={administration.code}",
        "help": "/hulp/",
        "history": "/historie/",
    }


@pytest.mark.parametrize(("device", "language"), LOOKS)
def test_every_page_is_accessible_and_hides_no_stop(
    visit: Visit,
    office: list[Move],
    lead: User,
    device: dict[str, Any],
    language: str,
) -> None:
    Preferences.objects.create(user=lead, language=language)
    page = visit("/", lead, **device)

    for name, path in pages(office).items():
        page.goto(path)
        shoot(page, f"{name}-{device['viewport']['width']}-{language}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert faults_in_both_themes(page) == [], name
        assert hidden_stops(page) == [], name


def test_nothing_scrolls_sideways_at_320_pixels(
    visit: Visit, office: list[Move], lead: User
) -> None:
    page = visit("/", lead, **NARROW)

    for name, path in pages(office).items():
        page.goto(path)
        assert sideways(page) == 0, name


def rows(page: Page) -> list[str]:
    return page.locator("tr[data-row] .rowlink").all_inner_texts()


def test_the_list_follows_what_is_typed_and_keeps_the_focus(
    visit: Visit, office: list[Move], lead: User
) -> None:
    administration = office[1].administration
    assert administration is not None
    page = visit("/?status=alle", lead)

    page.keyboard.press("/")
    page.keyboard.type(administration.code)

    field = page.get_by_label("Zoek in migraties")
    expect(page.locator(".rescount")).to_have_text("1 van 1 migratie")
    assert rows(page) == [administration.name]
    expect(field).to_be_focused()
    expect(page).to_have_url(re.compile(rf"\?status=alle&q={administration.code}$"))
    expect(page.locator("#live")).to_have_text("1 van 1 migratie")
    expect(page.locator("#chips a")).to_have_count(3)

    page.reload()
    expect(field).to_have_value(administration.code)
    assert rows(page) == [administration.name]


def test_a_filter_narrows_the_list_and_back_undoes_it(
    visit: Visit, office: list[Move], lead: User
) -> None:
    page = visit("/?status=alle", lead)
    every = rows(page)

    page.get_by_label("Soort").select_option("CHANGE_CODE")
    expect(page).to_have_url(re.compile("soort=CHANGE_CODE"))
    expect(page.locator("tr[data-row]")).not_to_have_count(len(every))
    page.go_back()

    expect(page.locator("tr[data-row]")).to_have_count(len(every))
    expect(page.get_by_label("Soort")).to_have_value("")


def test_everything_is_found_without_a_script(
    visit: Visit, office: list[Move], lead: User
) -> None:
    administration = office[1].administration
    assert administration is not None
    page = visit("/?status=alle", lead, java_script_enabled=False)

    page.get_by_label("Zoek in migraties").fill(administration.name)
    page.get_by_role("button", name="Toepassen").click()

    assert rows(page) == [administration.name]
    page.get_by_role("link", name=re.compile("^Alle ")).click()
    page.get_by_role("link", name=administration.name).click()
    expect(page).to_have_url(re.compile(office[1].number))


def test_rows_are_walked_and_opened_by_keyboard(
    visit: Visit, office: list[Move], lead: User
) -> None:
    page = visit("/?status=alle", lead)

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(office[-1].number))


def test_on_a_phone_the_other_filters_unfold(
    visit: Visit, office: list[Move], lead: User
) -> None:
    page = visit("/?status=alle", lead, **PHONE)
    expect(page.get_by_label("Pakket")).to_be_hidden()

    page.get_by_role("button", name="Meer filters").tap()

    expect(page.get_by_label("Pakket")).to_be_visible()
    assert axe_faults(page) == []


def test_the_palette_finds_an_administration_by_its_former_code(
    visit: Visit, office: list[Move], lead: User
) -> None:
    moved = office[-2]
    administration = moved.administration
    assert administration is not None
    page = visit("/?status=alle", lead)

    page.keyboard.press("Control+k")
    page.keyboard.type(moved.from_address)
    expect(page.get_by_role("option", name=administration.name)).to_be_visible()
    assert axe_faults(page) == []
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(administration.name)


def test_an_event_folds_open_and_the_history_leaves_as_a_file(
    visit: Visit, office: list[Move], auditor: User
) -> None:
    page = visit("/historie/?gebeurtenis=MOVE_REJECTED", auditor)

    page.locator("summary", has_text="Afgewezen").click()
    expect(page.get_by_text("“Verkeerde administratie.”")).to_be_visible()
    assert axe_faults(page) == []
    with page.expect_download() as taken:
        page.get_by_role("button", name="Exporteer CSV").click()

    exported = taken.value.path().read_text(encoding="utf-8-sig")
    assert [line.split(";")[4] for line in exported.splitlines()[1:-3]] == [
        "MOVE_REJECTED"
    ]
    page.goto("/historie/")
    expect(page.get_by_text("HISTORY_EXPORTED")).to_be_visible()


def test_on_a_phone_what_an_event_tells_can_be_read(
    visit: Visit, agent: User, lead: User, auditor: User
) -> None:
    make_move(MoveState.APPROVED, agent=agent, lead=lead)
    page = visit("/historie/?gebeurtenis=MOVE_APPROVED", auditor, **PHONE)

    page.locator("tr[data-row] summary").click()

    cells = page.locator(".ba tbody td")
    expect(cells.first).to_be_visible()
    widths = cells.evaluate_all("cells => cells.map((cell) => cell.offsetWidth)")
    assert min(widths) > 80
    assert sideways(page) == 0


def test_the_export_takes_the_filters_of_the_moment(
    visit: Visit, office: list[Move], auditor: User
) -> None:
    page = visit("/historie/", auditor)

    page.locator("#id_gebeurtenis").select_option("MOVE_WITHDRAWN")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    with page.expect_download() as taken:
        page.get_by_role("button", name="JSON").click()

    exported = taken.value.path().read_text().splitlines()
    assert len(exported) == 2
    assert '"MOVE_WITHDRAWN"' in exported[0]


def test_before_the_first_migration_the_page_is_accessible(
    visit: Visit, agent: User, lead: User
) -> None:
    page = visit("/", agent)

    expect(page.get_by_role("heading", name="Nog geen migraties")).to_be_visible()
    shoot(page, "list-empty")
    assert axe_faults(page) == []


def test_nothing_to_do_is_one_sentence(
    visit: Visit, agent: User, other_lead: User, lead: User
) -> None:
    make_move(MoveState.COMPLETED, agent=agent, lead=lead)
    page = visit("/", other_lead)

    expect(page.get_by_role("heading", name="Niets wacht op jou")).to_be_visible()
    shoot(page, "list-quiet")
    assert axe_faults(page) == []
