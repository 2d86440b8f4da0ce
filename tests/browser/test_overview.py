"""Lists, one administration, search, help and history, as people meet them."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import expect

from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.browser.conftest import Visit
from tests.browser.looking import (
    DESKTOP,
    NARROW,
    PHONE,
    axe_faults,
    shoot,
    sideways,
)
from tests.builders import WAYS, make_move

LOOKS = [
    pytest.param("light", DESKTOP, id="light-1280"),
    pytest.param("dark", DESKTOP, id="dark-1280"),
    pytest.param("light", PHONE, id="light-390"),
    pytest.param("dark", PHONE, id="dark-390"),
]
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
    call_command("verify_audit")
    return moves


def pages(moves: list[Move]) -> dict[str, str]:
    books = moves[-1].administration
    assert books is not None
    return {
        "list": "/?status=alle",
        "administrations": "/administraties/",
        "administration": f"/administraties/{books.public_id}/",
        "search": f"/zoeken/?q={books.code}",
        "help": "/hulp/",
        "history": "/historie/",
    }


@pytest.mark.parametrize(("theme", "device"), LOOKS)
def test_every_page_is_accessible(
    visit: Visit, office: list[Move], lead: User, theme: str, device: dict[str, Any]
) -> None:
    width = device["viewport"]["width"]
    page = visit("/", lead, color_scheme=theme, **device)

    for name, path in pages(office).items():
        page.goto(path)
        shoot(page, f"{name}-{theme}-{width}")
        assert axe_faults(page) == [], name


def test_every_page_is_accessible_in_english(
    visit: Visit, office: list[Move], lead: User
) -> None:
    page = visit("/?status=alle", lead)
    page.get_by_role("button", name="EN English").click()

    for name, path in pages(office).items():
        page.goto(path)
        shoot(page, f"{name}-english")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert axe_faults(page) == [], name


def test_nothing_scrolls_sideways_at_320_pixels(
    visit: Visit, office: list[Move], lead: User
) -> None:
    page = visit("/", lead, **NARROW)

    for name, path in pages(office).items():
        page.goto(path)
        assert sideways(page) == 0, name
