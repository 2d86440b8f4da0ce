"""The queue for approval: longest waiting first, with one decision next to the list."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from adminmoves.access import actor_for
from adminmoves.approval import queue as approval_queue
from adminmoves.approval.loans import lend_approval
from adminmoves.approval.queue import waiting_for_approval
from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, Role
from tests.builders import as_read, attest_as, make_draft, make_person, submit
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
ROW = re.compile(r'class="rowlink qi" id="q-\d+" href="/akkoord/\?m=(M-\d{4}-\d{5})"')


@pytest.fixture
def as_lead(client: Client, lead: User) -> Client:
    client.force_login(lead)
    return client


def rows(page: str) -> list[str]:
    return ROW.findall(page)


def test_longest_waiting_stands_on_top_with_its_decision_beside_it(
    as_lead: Client, a_move: MakeMove
) -> None:
    first, second = (a_move(MoveState.AWAITING_APPROVAL) for _ in range(2))
    a_move(MoveState.APPROVED)
    a_move(MoveState.AWAITING_BOOKKEEPING)

    answer = as_lead.get("/akkoord/")

    page = answer.content.decode()
    assert rows(page) == [first.number, second.number]
    assert answer.context["detail"].move == first
    assert "Jouw akkoord is nodig" in page
    assert f'action="/migraties/{first.number}/akkoord/"' in page
    assert f'name="next" value="{second.number}"' in page


def test_another_one_can_be_chosen(as_lead: Client, a_move: MakeMove) -> None:
    first, second = (a_move(MoveState.AWAITING_APPROVAL) for _ in range(2))

    answer = as_lead.get(f"/akkoord/?m={second.number}")

    assert answer.context["detail"].move == second
    assert answer.context["following"] == first


def test_who_asks_for_one_that_is_gone_gets_the_first(
    as_lead: Client, a_move: MakeMove
) -> None:
    waiting = a_move(MoveState.AWAITING_APPROVAL)
    gone = a_move(MoveState.REJECTED)

    answer = as_lead.get(f"/akkoord/?m={gone.number}")

    assert answer.context["detail"].move == waiting
    words = " ".join(strip_tags(answer.content.decode()).split())
    assert f"{gone.number} wacht niet op akkoord: Afgewezen" in words


def test_who_asks_for_one_without_a_line_gets_that_one(
    as_lead: Client, a_move: MakeMove, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves = [a_move(MoveState.AWAITING_APPROVAL) for _ in range(3)]
    monkeypatch.setattr(approval_queue, "MAX_LINES", 2)

    answer = as_lead.get(f"/akkoord/?m={moves[2].number}")

    page = answer.content.decode()
    assert answer.context["detail"].move == moves[2]
    assert f'action="/migraties/{moves[2].number}/akkoord/"' in page
    assert "na de eerste 2 van 3" in page
    assert rows(page) == [moves[0].number, moves[1].number]


def test_a_refused_decision_on_one_without_a_line_shows_that_one_again(
    as_lead: Client, a_move: MakeMove, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves = [a_move(MoveState.AWAITING_APPROVAL) for _ in range(2)]
    monkeypatch.setattr(approval_queue, "MAX_LINES", 1)
    path = f"/migraties/{moves[1].number}/akkoord/"

    answer = as_lead.post(path, as_read(moves[1], **{"from": "queue"}))

    assert answer.context["detail"].move == moves[1]
    assert answer.context["form"].errors


def test_a_leads_own_request_stays_in_sight_without_a_button_that_is_refused(
    as_lead: Client, lead: User, other_lead: User, other_agent: User
) -> None:
    own = attest_own(lead)
    until = timezone.now() + timedelta(hours=1)
    lend_approval(other_agent.pk, actor=actor_for(lead), ends_at=until, reason="Vrij.")

    page = as_lead.get("/akkoord/").content.decode()

    assert rows(page) == [own.number]
    assert "Een andere teamleider geeft akkoord" in page
    assert f"{other_agent.username} en {other_lead.username}" in page
    assert f"/migraties/{own.number}/akkoord/" not in page
    assert f"/migraties/{own.number}/afwijzen/" not in page


def attest_own(lead: User) -> Move:
    move = make_draft(lead)
    submit(move, lead)
    return attest_as(move, lead)


def test_an_empty_queue_says_what_comes(as_lead: Client) -> None:
    page = as_lead.get("/akkoord/").content.decode()

    assert "Er wacht niets op akkoord" in page
    assert rows(page) == []


@pytest.mark.parametrize("role", [Role.SUPPORT_AGENT, Role.AUDITOR, Role.ADMINISTRATOR])
def test_the_queue_is_for_who_may_approve(role: Role, client: Client) -> None:
    client.force_login(make_person("iemand", role))

    assert client.get("/akkoord/").status_code == 403


def test_who_borrows_the_right_sees_the_queue(
    client: Client, lead: User, other_agent: User, a_move: MakeMove
) -> None:
    move = a_move(MoveState.AWAITING_APPROVAL)
    until = timezone.now() + timedelta(hours=1)
    lend_approval(other_agent.pk, actor=actor_for(lead), ends_at=until, reason="Vrij.")
    client.force_login(other_agent)

    assert rows(client.get("/akkoord/").content.decode()) == [move.number]


def test_the_warnings_of_a_line_are_those_of_now(lead: User, a_move: MakeMove) -> None:
    a_move(MoveState.AWAITING_APPROVAL, client_informed=False)
    a_move(MoveState.AWAITING_APPROVAL)

    queue = waiting_for_approval(actor_for(lead))

    assert [[w.code for w in line.warnings] for line in queue.lines] == [
        ["client_informed"],
        [],
    ]


def test_after_a_decision_comes_the_next_and_at_the_end_the_one_before(
    lead: User, a_move: MakeMove
) -> None:
    first, second, third = (a_move(MoveState.AWAITING_APPROVAL) for _ in range(3))

    queue = waiting_for_approval(actor_for(lead))

    following = [queue.after(move.pk) for move in (first, second, third)]
    assert following == [second, third, second]


def test_the_heading_counts_also_what_has_no_line(
    as_lead: Client, lead: User, a_move: MakeMove, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        a_move(MoveState.AWAITING_APPROVAL)
    attest_own(lead)
    monkeypatch.setattr(approval_queue, "MAX_LINES", 2)

    page = as_lead.get("/akkoord/").content.decode()

    assert len(rows(page)) == 2
    assert "4 aanvragen wachten op jou" in page
    assert "1 van 5" in page
    assert "Er zijn er meer" in page


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


@pytest.mark.slow
def test_thirty_lines_cost_as_much_as_three(as_lead: Client, a_move: MakeMove) -> None:
    for _ in range(3):
        a_move(MoveState.AWAITING_APPROVAL, client_informed=False)
    few = queries(as_lead, "/akkoord/")
    for _ in range(27):
        a_move(MoveState.AWAITING_APPROVAL, client_informed=False)

    assert queries(as_lead, "/akkoord/") == few
