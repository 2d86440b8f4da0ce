"""Turning a completed move back, as people do it in a browser."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.browser.conftest import Visit
from tests.browser.looking import DESKTOP, PHONE, axe_faults, shoot, sideways
from tests.cast import MakeMove

BOTH = MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["1280", "390"])
def test_from_a_completed_move_to_the_request_back_and_between_them(
    device: dict[str, object],
    visit: Visit,
    a_move: MakeMove,
    agent: User,
    request: pytest.FixtureRequest,
) -> None:
    name = request.node.callspec.id
    first = a_move(MoveState.COMPLETED, move_type=BOTH)
    assert first.from_environment is not None
    page = visit(f"/migraties/{first.number}/", agent, **device)
    shoot(page, f"reverse-offer-{name}")
    assert (sideways(page), axe_faults(page)) == (0, [])

    page.get_by_role("button", name="Terug verhuizen").click()

    draft = Move.objects.get(reverses=first)
    expect(page.locator("main .phead")).to_contain_text(f"Draait {first.number} terug")
    expect(page.locator("#id_to_code")).to_have_value(first.from_code)
    expect(page.locator("#id_to_environment")).to_have_value(
        first.from_environment.public_id
    )
    expect(page.locator("#id_requester_name")).to_have_value("")
    expect(page.locator("#id_consent_name")).to_have_value("")
    shoot(page, f"reverse-form-{name}")
    assert (sideways(page), axe_faults(page)) == (0, [])
    page.locator("main .phead").get_by_role("link", name=first.number).click()
    expect(page.locator("#reverse")).to_contain_text(
        f"Wordt teruggedraaid door {draft.number}"
    )
    expect(page.locator("#reverse")).to_contain_text("Concept")
    shoot(page, f"reverse-asked-{name}")
    assert (sideways(page), axe_faults(page)) == (0, [])
    page.locator("#reverse").get_by_role("link", name=draft.number).click()
    expect(page.locator("h1")).to_contain_text("Concept")
