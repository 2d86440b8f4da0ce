"""Turning a completed move back, as people do it in a browser."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from adminmoves.models import Administration, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.browser.conftest import Visit
from tests.browser.looking import (
    DESKTOP,
    DEVICES,
    PHONE,
    axe_faults,
    faults_in_both_themes,
    shoot,
    sideways,
)
from tests.cast import MakeMove
from tests.servers import Workers

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

    page.get_by_role("button", name="Terug migreren").click()

    expect(page.locator("main .phead")).to_contain_text(f"Draait {first.number} terug")
    expect(page.locator("#id_to_code")).to_have_value(first.from_code)
    expect(page.locator("#id_to_environment")).to_have_value(
        first.from_environment.public_id
    )
    expect(page.locator("#id_requester_name")).to_have_value("")
    expect(page.locator("#id_consent_name")).to_have_value("")
    shoot(page, f"reverse-form-{name}")
    assert (sideways(page), axe_faults(page)) == (0, [])
    assert not Move.objects.filter(reverses=first).exists()
    page.locator("#id_note").fill("Graag vandaag.")
    page.locator("#id_note").blur()
    expect(page.locator("#number")).to_contain_text("M-")
    draft = Move.objects.get(reverses=first)
    page.locator("main .phead").get_by_role("link", name=first.number).click()
    expect(page.locator("#reverse")).to_contain_text(
        f"Wordt teruggedraaid door {draft.number}"
    )
    expect(page.locator("#reverse")).to_contain_text("Concept")
    shoot(page, f"reverse-asked-{name}")
    assert (sideways(page), axe_faults(page)) == (0, [])
    page.locator("#reverse").get_by_role("link", name=draft.number).click()
    expect(page.locator("h1")).to_contain_text("Concept")


ANSWERS = {
    "moved_said_by": "Kantoorhoofd Noord",
    "moved_on": "2026-11-23",
    "moved_ticket": "SUP-2003",
    "requester_name": "Supergebruiker Zuid",
    "requester_email": "super@zuid.example",
    "requester_ticket": "SUP-2001",
    "consent_name": "Supergebruiker Noord",
    "consent_email": "super@noord.example",
    "consent_on": "2026-11-23",
    "consent_ticket": "SUP-2002",
}


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("device", DEVICES)
def test_an_administration_goes_back_to_its_old_place(
    device: dict[str, object],
    visit: Visit,
    a_move: MakeMove,
    workers: Workers,
    agent: User,
    lead: User,
    request: pytest.FixtureRequest,
) -> None:
    look = request.node.callspec.id
    first = a_move(MoveState.COMPLETED, move_type=MoveType.MOVE_ENVIRONMENT)
    # Not before: it would take the move that is made here.
    workers()
    assert first.administration is not None
    old = (first.from_connection_id, first.from_code, first.from_address)
    page = visit(f"/migraties/{first}/", agent, **device)

    page.get_by_role("button", name="Terug migreren").click()
    for name, answer in ANSWERS.items():
        page.locator(f"#id_{name}").fill(answer)
    page.locator("#id_consent_accepts_costs").check()
    page.get_by_role("button", name="Verder naar nalezen").last.click()
    page.locator("#id_client_informed").check()
    for box in page.locator("input[name=seen]").all():
        box.check()
    page.get_by_role("button", name="Indienen", exact=True).click()
    expect(page.locator("main")).to_contain_text("Wacht op akkoord")
    back = Move.objects.get(reverses=first)

    decide = visit(f"/akkoord/?m={back}", lead, **device)
    expect(decide.locator("#decision")).to_contain_text(f"Draait {first} terug")
    for box in decide.locator("#decision input[name=seen]").all():
        box.check()
    shoot(decide, f"reverse-decide-{look}", whole=False)
    decide.get_by_role("button", name="Akkoord geven", exact=True).click()

    page.goto(f"/migraties/{back}/")
    expect(page.locator("h1")).to_contain_text("Voltooid", timeout=20_000)
    there = Administration.objects.get(pk=first.administration.pk)
    assert (there.connection_id, there.code, there.mail_address) == old
    shoot(page, f"reverse-done-{look}")
    assert (sideways(page), faults_in_both_themes(page)) == (0, [])
    page.locator("main .phead").get_by_role("link", name=first.number).click()
    expect(page.locator("#reverse")).to_contain_text(f"Teruggedraaid door {back}")
    card = page.locator(".donecard")
    expect(card).to_contain_text(
        f"Ze staat nu bij {there.environment.office_code}.{there.code}"
    )
    expect(card).to_contain_text(f"Stukken komen binnen op {there.mail_address}")
    expect(card).not_to_contain_text(first.to_address)
    shoot(page, f"reverse-turned-{look}")
    assert (sideways(page), faults_in_both_themes(page)) == (0, [])
    page.locator("#reverse").get_by_role("link", name=back.number).click()
    expect(page.locator("h1")).to_contain_text("Voltooid")
