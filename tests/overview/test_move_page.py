"""The page of one move, in every state and for every role."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.detail.page import load_detail
from adminmoves.execution import runner
from adminmoves.execution.actions import retry_move
from adminmoves.models import Event, Move
from adminmoves.vocabulary import EventCode, MoveState, Role
from tests.builders import make_person, run, start
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S = MoveState
HUMANS = (Role.SUPPORT_AGENT, Role.TEAM_LEAD, Role.AUDITOR, Role.ADMINISTRATOR)
HEADINGS = {
    S.DRAFT: "Deze aanvraag is nog een concept",
    S.AWAITING_BOOKKEEPING: "We wachten op het boekhoudpakket",
    S.AWAITING_APPROVAL: "Jouw akkoord is nodig",
    S.APPROVED: "In de wachtrij",
    S.RUNNING: "In één keer, of helemaal niet",
    S.COMPLETED: "De migratie is klaar",
    S.IN_DOUBT: "We weten niet zeker hoe het staat",
    S.FAILED: "Oorzaak: er stonden 2 administraties op de gewenste plek.",
    S.STOPPED: "Oorzaak: teamleider-1 liet alles terugdraaien.",
    S.REJECTED: "De aanvraag is afgewezen",
    S.WITHDRAWN: "De aanvraag is ingetrokken",
}
# Which step a role is offered in a state, as the addresses of its forms.
OFFERED = {
    (S.AWAITING_APPROVAL, Role.TEAM_LEAD): {"akkoord", "terugsturen", "afwijzen"},
    (S.APPROVED, Role.TEAM_LEAD): {"ander-moment"},
    (S.FAILED, Role.TEAM_LEAD): {"opnieuw"},
    (S.STOPPED, Role.TEAM_LEAD): {"opnieuw"},
    (S.IN_DOUBT, Role.TEAM_LEAD): {"antwoord"},
    (S.COMPLETED, Role.TEAM_LEAD): {"nazorg"},
    (S.COMPLETED, Role.SUPPORT_AGENT): {"nazorg"},
}
OURS = {step for steps in OFFERED.values() for step in steps}


def page_of(move: Move) -> str:
    return f"/migraties/{move.number}/"


@pytest.fixture
def as_lead(client: Client, lead: User) -> Client:
    client.force_login(lead)
    return client


@pytest.mark.parametrize("state", MoveState)
def test_every_state_says_what_it_asks_for(
    state: MoveState, as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(state)

    page = as_lead.get(page_of(move)).content.decode()

    assert HEADINGS[state] in page


def test_the_timeline_ends_at_the_state_that_the_page_shows(
    agent: User, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    page = load_detail(move.pk, actor_for(agent))

    run(move)

    assert page.move.state == S.APPROVED
    assert page.timeline[0].code == EventCode.MOVE_APPROVED
    whole = load_detail(move.pk, actor_for(agent))
    assert whole.timeline[0].code == EventCode.MOVE_COMPLETED
    assert page.cursor < whole.cursor


@pytest.mark.parametrize("role", HUMANS)
@pytest.mark.parametrize("state", MoveState)
def test_no_button_is_shown_that_would_be_refused(
    state: MoveState, role: Role, client: Client, a_move: MakeMove
) -> None:
    move = a_move(state)
    client.force_login(make_person("iemand", role))

    page = client.get(page_of(move)).content.decode()

    forms = re.findall(rf'action="/migraties/{move.number}/([a-z-]+)/"', page)
    assert set(forms) & OURS == OFFERED.get((state, role), set())
    assert ("opmerking" in forms) == (role in {Role.SUPPORT_AGENT, Role.TEAM_LEAD})


def test_who_has_no_role_reads_nothing(client: Client, a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    client.force_login(make_person("iemand", None))

    assert client.get(page_of(move)).status_code == 403


def test_before_log_in_there_is_only_the_log_in(
    client: Client, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)

    response = client.get(page_of(move))

    assert response["Location"] == f"/inloggen/?next={page_of(move)}"


@pytest.mark.parametrize("number", ["M-2026-99999", "onzin", "M-2026-" + "9" * 40])
def test_a_number_that_is_none_is_no_page(number: str, as_lead: Client) -> None:
    assert as_lead.get(f"/migraties/{number}/").status_code == 404


def test_an_empty_draft_has_a_page_too(as_lead: Client, lead: User) -> None:
    move = Move.objects.create(intent="CHANGE_CODE", requested_by=lead)

    page = as_lead.get(page_of(move)).content.decode()

    assert "Nog geen administratie gekozen" in page


def test_other_leads_are_named_to_who_cannot_decide(
    client: Client, agent: User, lead: User, other_lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(agent)

    page = client.get(page_of(move)).content.decode()

    assert "Wacht op akkoord" in page
    leads = f"{lead.username} en {other_lead.username}"
    assert re.search(rf"<dd>\s*{leads}\s*</dd>", page)


def test_a_scheduled_move_says_from_when(
    as_lead: Client, lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    moment = timezone.localtime() + timedelta(days=1)
    chosen = f"{moment:%Y-%m-%dT%H:%M}"
    typed = {"when": "moment", "moment": chosen, "seen": move.timing}
    as_lead.post(f"{page_of(move)}ander-moment/", typed)

    page = as_lead.get(page_of(move)).content.decode()

    assert "Gepland" in page
    assert f"<b>{moment:%H:%M}</b>" in page
    assert "In de wachtrij" not in page


def test_a_second_attempt_stands_apart_from_the_first(
    lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.FAILED)
    retry_move(move.pk, actor=actor_for(lead))
    run(move)

    tries = load_detail(move.pk, actor_for(lead)).attempts

    assert [(one.attempt.number, one.percent) for one in tries] == [(2, 100), (1, 0)]
    assert [one.undone_at is None for one in tries] == [True, False]


def test_what_failed_in_the_switch_is_told_as_rolled_back_whole(
    lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    attempt = start(move)
    runner.prepare(attempt)
    runner.fail(attempt, {"code": "documents_differ", "before": 12, "documents": 11})

    (one,) = load_detail(move.pk, actor_for(lead)).attempts

    assert [line.mark for line in one.before] == ["done", "done", "done"]
    assert [line.mark for line in one.in_one_go] == ["fail", *["todo"] * 4]
    assert (one.tried_the_switch, one.has_begun_the_switch) == (True, False)


# --- comments


def test_a_comment_stands_in_the_timeline(
    client: Client, agent: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(agent)

    response = client.post(
        f"{page_of(move)}opmerking/", {"text": " Zuid weet het. "}, follow=True
    )

    line = Event.objects.filter(move=move).latest("pk")
    assert (line.code, line.words.texts) == (
        EventCode.COMMENTED,
        {"text": "Zuid weet het."},
    )
    assert "“Zuid weet het.”" in response.content.decode()


def test_an_empty_comment_is_told(as_lead: Client, a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    before = Event.objects.count()

    response = as_lead.post(f"{page_of(move)}opmerking/", {"text": " "})

    assert list(response.context["form"].errors) == ["text"]
    assert Event.objects.count() == before


def test_an_auditor_writes_no_comment(
    client: Client, auditor: User, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    client.force_login(auditor)
    before = Event.objects.count()

    response = client.post(f"{page_of(move)}opmerking/", {"text": "Hoi"})

    assert response.status_code == 403
    assert client.get(f"{page_of(move)}opmerking/").status_code == 405
    assert Event.objects.count() == before


# --- live progress


def news(client: Client, move: Move, since: int, state: MoveState) -> tuple[int, str]:
    answer = client.get(f"{page_of(move)}voortgang/?na={since}&staat={state}")
    return answer.status_code, answer.content.decode()


def last_event(move: Move) -> int:
    return Event.objects.filter(move=move).latest("pk").pk


def test_without_news_the_answer_is_empty(as_lead: Client, a_move: MakeMove) -> None:
    move = a_move(S.RUNNING)

    assert news(as_lead, move, last_event(move), S.RUNNING) == (204, "")


def test_done_steps_come_as_leaf_parts_and_nothing_else_is_replaced(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.RUNNING)
    since = last_event(move)
    runner.prepare(move.attempts.get())

    _status, page = news(as_lead, move, since, S.RUNNING)

    swapped = re.findall(r'id="([^"]+)" hx-swap-oob="true"', page)
    assert swapped == [
        "run-overall",
        "step-1-RECHECK",
        "step-1-CLOSE",
        "step-1-BEFORE_IMAGE",
        "step-1-CHANGE_PLACE",
        "facts",
    ]
    assert f"gesloten zolang {move} loopt" in page
    assert f"?na={last_event(move)}&amp;staat=RUNNING" in page
    assert page.count('hx-swap-oob="afterbegin:#timeline-list"') == 1


def test_another_state_changes_all_that_shows_it_at_once(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.RUNNING)
    since = last_event(move)
    runner.execute(move.attempts.get())

    _status, page = news(as_lead, move, since, S.RUNNING)

    swapped = re.findall(r'id="([^"]+)"[^>]* hx-swap-oob="true"', page)
    assert swapped == [
        "status-message",
        "move-head",
        "move-steps",
        "move-state",
        "approval-status",
        "diff",
        "facts",
    ]
    assert "De status is: Voltooid." in page
    assert "gesloten zolang" not in page
    assert "data-poll" not in page


@pytest.mark.parametrize("state", MoveState)
def test_only_what_can_go_on_by_itself_is_followed(
    state: MoveState, as_lead: Client, a_move: MakeMove
) -> None:
    page = as_lead.get(page_of(a_move(state))).content.decode()

    followed = {S.AWAITING_BOOKKEEPING, S.APPROVED, S.RUNNING}
    assert ("data-poll" in page) == (state in followed)
    assert ("http-equiv" in page) == (state in {S.APPROVED, S.RUNNING})


def test_who_types_without_a_script_can_stop_the_page_from_refreshing(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.RUNNING)
    followed = as_lead.get(page_of(move)).content.decode()
    assert f'href="{page_of(move)}?stil=ja"' in followed

    still = as_lead.get(f"{page_of(move)}?stil=ja").content.decode()

    assert "http-equiv" not in still
    assert f'href="{page_of(move)}"' in still
    assert "Vanzelf verversen" in still


def test_a_page_that_does_not_refresh_offers_no_stop(
    as_lead: Client, a_move: MakeMove
) -> None:
    page = as_lead.get(page_of(a_move(S.AWAITING_BOOKKEEPING))).content.decode()

    assert ("Nu verversen" in page, "stil=ja" in page) == (True, False)


def test_a_comment_that_was_refused_is_not_refreshed_away(
    as_lead: Client, a_move: MakeMove
) -> None:
    page = as_lead.post(f"{page_of(a_move(S.RUNNING))}opmerking/", {"text": ""})

    assert "http-equiv" not in page.content.decode()


def test_a_page_that_was_made_while_the_run_ended_hears_of_the_end(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.COMPLETED)
    last = move.events.latest("id").pk

    answer = as_lead.get(f"{page_of(move)}voortgang/?na={last}&staat=RUNNING")

    assert answer.status_code == 200
    assert "Voltooid" in answer.content.decode()


@pytest.mark.parametrize("since", ["", "-5", "x", "9" * 30])
def test_nonsense_for_a_cursor_is_no_fault(
    since: str, as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.RUNNING)

    answer = as_lead.get(f"{page_of(move)}voortgang/?na={since}")

    assert answer.status_code in {200, 204}


# --- what it costs


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_a_long_history_costs_no_more_queries(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    few = queries(as_lead, page_of(move))
    for number in range(30):
        as_lead.post(f"{page_of(move)}opmerking/", {"text": f"Regel {number}"})
    as_lead.get("/")

    assert queries(as_lead, page_of(move)) == few
