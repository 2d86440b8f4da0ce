"""What a page asks for by itself and does not get is said, and asked again."""

import re

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from adminmoves.models import Move, Preferences
from adminmoves.vocabulary import MoveState, MoveType
from tests.browser.conftest import Visit, sign_in
from tests.browser.looking import PHONE, axe_faults, shoot, sideways
from tests.builders import make_draft
from tests.cast import MakeMove

SAVE = re.compile("/controle/$")
LIST = re.compile(r":\d+/\?")
SEARCH = re.compile(r"/zoeken/\?")
QUEUE = re.compile(r"/akkoord/\?")
PROGRESS = re.compile("/voortgang/")
AGAIN = "We proberen het opnieuw."
AWAY = {"Portal-Away": "database"}
FAULTS = [
    (500, {}, f"Niet bewaard, er ging iets mis in het portaal. {AGAIN}"),
    (502, {}, f"Niet bewaard, het portaal antwoordt niet. {AGAIN}"),
    (503, {}, f"Niet bewaard, het portaal antwoordt niet. {AGAIN}"),
    (503, AWAY, f"Niet bewaard, het portaal kan nu niet bij zijn gegevens. {AGAIN}"),
    (404, {}, "Niet bewaard, het portaal weigert dit. Laad de pagina opnieuw."),
    (
        403,
        {},
        f"Niet bewaard, je bent uitgelogd of hebt hier geen recht meer op. {AGAIN}",
    ),
]


def answer_with(
    page: Page, url: re.Pattern[str], status: int, headers: dict[str, str]
) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=status, headers=headers, body="")

    page.unroute(url)
    page.route(url, refuse)


def saved_code(move: Move) -> str:
    return Move.objects.get(pk=move.pk).to_code


def test_a_form_that_cannot_save_itself_says_so_until_it_has(
    visit: Visit, agent: User
) -> None:
    move = make_draft(agent, MoveType.CHANGE_CODE)
    page = visit(f"/aanvraag/{move}/", agent)
    saved = page.locator("#saved")
    failed = page.locator(".phead .failed")
    code = page.get_by_label("Nieuwe administratiecode")
    with page.expect_response(SAVE):
        code.fill("NL1")
    expect(saved).to_contain_text("Concept bewaard om")

    page.context.set_offline(True)
    code.fill("NL2")
    expect(failed).to_have_text(f"Niet bewaard, geen verbinding. {AGAIN}")
    expect(page.locator("#live")).to_have_text(
        f"Niet bewaard, geen verbinding. {AGAIN}"
    )
    expect(saved).to_be_hidden()
    expect(page.locator(".toast")).to_have_count(0)
    page.evaluate("scrollTo(0, 0)")
    assert axe_faults(page) == []
    shoot(page, "form-not-saved")

    for number, (status, headers, sentence) in enumerate(FAULTS):
        answer_with(page, SAVE, status, headers)
        page.context.set_offline(False)
        code.fill(f"NL3{number}")
        expect(failed).to_have_text(sentence)

    page.unroute(SAVE)
    Session.objects.all().delete()
    code.fill("NL4")
    log_in = failed.get_by_role("link", name="Log opnieuw in, in een nieuw tabblad")
    expect(failed).to_contain_text("Niet bewaard, je bent uitgelogd.")
    expect(log_in).to_have_attribute("href", f"/inloggen/?next=/aanvraag/{move}/")

    sign_in(page.context, page.url, agent)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(failed).to_have_count(0)
    expect(saved).to_contain_text("Concept bewaard om")
    assert saved_code(move) == "NL4"


def test_a_form_saves_by_itself_what_it_could_not(visit: Visit, agent: User) -> None:
    Preferences.objects.create(user=agent, language="en", theme="dark")
    move = make_draft(agent, MoveType.CHANGE_CODE)
    page = visit(f"/aanvraag/{move}/", agent, **PHONE)
    answer_with(page, SAVE, 500, {})

    page.get_by_label("New administration code").fill("NL2")
    failed = page.locator(".phead .failed")
    expect(failed).to_have_text(
        "Not saved, something went wrong in the portal. We try again."
    )
    assert sideways(page) == 0
    shoot(page, "form-not-saved-390-en")

    page.unroute(SAVE)
    expect(failed).to_have_count(0)
    assert saved_code(move) == "NL2"


def test_each_part_of_a_page_that_does_not_come_is_told(
    visit: Visit, lead: User, a_move: MakeMove
) -> None:
    running = a_move(MoveState.RUNNING)
    a_move(MoveState.AWAITING_APPROVAL)
    page = visit("/", lead)
    failed = page.locator(".failed")

    answer_with(page, LIST, 502, {})
    page.locator("#q").fill("Voorbeeld")
    expect(failed).to_contain_text("Niet ververst")
    page.unroute(LIST)
    expect(failed).to_have_count(0)

    page.keyboard.press("Control+k")
    answer_with(page, SEARCH, 502, {})
    page.locator("#palette input").press_sequentially("Voorbeeld")
    expect(page.locator("#palette .failed")).to_contain_text("Niet ververst")

    page.goto("/akkoord/")
    answer_with(page, QUEUE, 502, {})
    page.locator(".rowlink").first.click()
    expect(failed).to_contain_text("Niet ververst")
    page.unroute(QUEUE)
    expect(failed).to_have_count(0)

    page.goto(f"/migraties/{running}/")
    answer_with(page, PROGRESS, 502, {})
    # Three looks take four and a half seconds at the least.
    lost = page.locator("[data-lost]")
    expect(lost).to_contain_text("Niet ververst", timeout=15_000)
    expect(lost).to_be_visible()
    page.unroute(PROGRESS)
    expect(lost).to_be_hidden()
