"""What is wrong stands at its field once somebody has left it."""

import re

from django.contrib.auth.models import User
from playwright.sync_api import expect

from adminmoves.vocabulary import MoveType
from tests.browser.conftest import Visit
from tests.browser.looking import PHONE, axe_faults, shoot
from tests.builders import make_draft


def test_leaving_a_wrong_value_tells_it_and_mending_takes_it_away(
    visit: Visit, agent: User
) -> None:
    move = make_draft(agent, MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE)
    page = visit(f"/aanvraag/{move}/", agent)
    code = page.get_by_label("Nieuwe administratiecode")
    code.evaluate("field => { field.dataset.mark = 'same'; }")
    mail = page.get_by_role("group", name="Aanvrager").get_by_label("E-mailadres")

    with page.expect_response("**/controle/"):
        code.fill("20 41")
    expect(page.locator("#checks")).to_contain_text("houdt tegen")
    expect(page.locator(".field .err")).to_have_count(0)

    code.press("Tab")
    expect(page.locator("#field-to_code .err")).to_be_visible()
    mail.fill("geen adres")
    mail.press("Tab")
    expect(page.locator("#field-requester_email .err")).to_be_visible()
    expect(page.locator("#id_requester_ticket")).to_be_focused()
    expect(code).to_have_attribute("aria-invalid", "true")
    error = page.locator("#field-to_code .err").inner_text()
    expect(code).to_have_accessible_description(re.compile(re.escape(error)))
    assert axe_faults(page) == []
    shoot(page, "form-left-wrong")

    code.fill("2042")
    code.press("Tab")
    expect(page.locator("#field-to_code .err")).to_have_count(0)
    expect(code).not_to_have_attribute("aria-invalid", "true")
    expect(code).to_have_attribute("data-mark", "same")
    expect(page.locator("#field-requester_email .err")).to_be_visible()


def test_on_a_phone_a_wrong_value_fits_beside_its_field(
    visit: Visit, agent: User
) -> None:
    move = make_draft(agent, MoveType.CHANGE_CODE)
    page = visit(f"/aanvraag/{move}/", agent, **PHONE)

    mail = page.get_by_role("group", name="Aanvrager").get_by_label("E-mailadres")
    mail.fill("geen adres")
    mail.press("Tab")

    expect(page.locator("#field-requester_email .err")).to_be_visible()
    assert axe_faults(page) == []
    shoot(page, "form-left-wrong-390")
