"""The main job: each of the five types from an empty form to completed.

A real browser files and approves, a real Celery worker carries out.
"""

import re
from itertools import cycle

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from adminmoves.models import Administration, Environment, Move, Preferences
from adminmoves.vocabulary import MoveState, MoveType
from tests.browser.conftest import Visit
from tests.browser.looking import shoot
from tests.builders import make_administration, make_connection, make_environment
from tests.servers import Process

pytestmark = [pytest.mark.workers, pytest.mark.django_db(transaction=True)]
T = MoveType
MOVES_OFFICE = {T.MOVE_ENVIRONMENT, T.MOVE_ENVIRONMENT_AND_CHANGE_CODE}
CHANGES_CODE = {
    T.CHANGE_CODE,
    T.MOVE_ENVIRONMENT_AND_CHANGE_CODE,
    T.RELINK_CONNECTION_AND_CHANGE_CODE,
}
NEW_CODE = "MVL00777"
PASSWORD = "een-lang-wachtwoord"  # noqa: S105 - of people who live for one test


class Words:
    """What a person reads, in one language."""

    def __init__(self, language: str) -> None:
        dutch = language == "nl"
        self.next = "Verder naar nalezen" if dutch else "Continue to read through"
        self.submit = "Indienen" if dutch else "Submit"
        self.approve = "Akkoord geven" if dutch else "Approve"
        self.completed = "Voltooid" if dutch else "Completed"
        self.waits = "Wacht op akkoord" if dutch else "Awaiting approval"


@pytest.mark.parametrize(
    ("move_type", "language"), [*zip(MoveType, cycle(["nl", "en"]))]
)
def test_from_an_empty_form_to_completed(
    move_type: MoveType,
    language: str,
    visit: Visit,
    worker: Process,
    agent: User,
    lead: User,
) -> None:
    for person in (agent, lead):
        Preferences.objects.create(user=person, language=language)
    words = Words(language)
    here = make_connection(make_environment(office_code="VKN104"))
    administration = make_administration(
        here, code="MVL00124", name="Bakkerij Voorbeeld B.V."
    )
    office = make_environment(office_code="VKZ221", name="Voorbeeldkantoor Zuid")
    target = make_connection(
        office if move_type in MOVES_OFFICE else here.environment,
        package_environment="LIC-NIEUW",
    )

    page = visit("/aanvraag/", agent)
    page.locator(f"button[name=soort][value={move_type}]").click()
    fill_in(page, administration, move_type, office, target.public_id)
    shoot(page, f"journey-form-{move_type}-{language}")
    page.get_by_role("button", name=words.next).click()
    # The button waits for the form, which saves itself.
    page.wait_for_url("**/nalezen/")
    for box in page.locator("input[name=seen]").all():
        box.check()
    shoot(page, f"journey-review-{move_type}-{language}")
    page.get_by_role("button", name=words.submit, exact=True).click()
    expect(page.locator("main")).to_contain_text(words.waits)
    move = Move.objects.get()
    assert (move.state, move.move_type) == (MoveState.AWAITING_APPROVAL, move_type)

    decide = visit("/akkoord/", lead)
    for box in decide.locator("input[name=seen]").all():
        box.check()
    shoot(decide, f"journey-queue-{move_type}-{language}")
    decide.get_by_role("button", name=words.approve, exact=True).click()

    page.goto(f"/migraties/{move.number}/")
    expect(page.locator("h1")).to_contain_text(words.completed, timeout=20_000)
    shoot(page, f"journey-completed-{move_type}-{language}")

    there = Administration.objects.get(pk=administration.pk)
    assert Administration.objects.filter(name=administration.name).count() == 1
    assert there.code == (NEW_CODE if move_type in CHANGES_CODE else "MVL00124")
    assert there.connection_id == (here.pk if move_type == T.CHANGE_CODE else target.pk)
    for found_by in ("MVL00124", "VKN104", administration.mail_address):
        assert_found(page, found_by, there)


def fill_in(
    page: Page,
    administration: Administration,
    move_type: MoveType,
    office: Environment,
    to: str,
) -> None:
    """Type as a person does, waiting for what the page answers."""
    page.locator("#id_administration").fill("bakkerij voor")
    page.get_by_role("radio", name=re.compile(administration.name)).check()
    if move_type in MOVES_OFFICE:
        page.locator("#id_to_environment").select_option(office.public_id)
    if move_type != T.CHANGE_CODE:
        page.locator(f"#id_to_connection option[value='{to}']").wait_for(
            state="attached"
        )
        page.locator("#id_to_connection").select_option(to)
    if move_type in CHANGES_CODE:
        page.locator("#id_to_code").fill(NEW_CODE)
    answers = {
        "requester_name": "Supergebruiker Noord",
        "requester_email": "super@noord.example",
        "requester_ticket": "SUP-88412",
    }
    if move_type in MOVES_OFFICE:
        answers |= {
            "consent_name": "Supergebruiker Zuid",
            "consent_email": "super@zuid.example",
            "consent_on": "2026-11-20",
            "consent_ticket": "SUP-88419",
        }
    for name, value in answers.items():
        page.locator(f"#id_{name}").fill(value)
    if move_type in MOVES_OFFICE:
        page.locator("#id_consent_accepts_costs").check()
    page.locator("#id_moved_said_by").fill("Supergebruiker Noord")
    page.locator("#id_moved_on").fill("2026-11-20")
    page.locator("#id_moved_ticket").fill("SUP-88420")
    page.wait_for_load_state("networkidle")


def assert_found(page: Page, text: str, there: Administration) -> None:
    page.goto(f"/administraties/?q={text}")
    link = page.locator(f"main a[href='/administraties/{there.public_id}/']")
    expect(link.first).to_be_visible()


def test_somebody_logs_in_and_out_with_the_keyboard_alone(
    visit: Visit, agent: User
) -> None:
    page = visit("/inloggen/")
    page.locator("[name=username]").focus()
    page.keyboard.type(agent.username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Migraties")
