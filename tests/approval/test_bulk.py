"""Ticking several requests in the queue and approving them with one button."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.approval.queue import waiting_for_approval
from adminmoves.models import BookkeepingConnection, Move
from adminmoves.vocabulary import MoveState
from tests.builders import approve, attest_as, make_draft, submit
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S = MoveState
BOX = re.compile(r'name="move" value="(M-[\d-]+)"( checked)?')


@pytest.fixture
def as_lead(client: Client, lead: User) -> Client:
    client.force_login(lead)
    return client


@pytest.fixture
def waiting(a_move: MakeMove) -> list[Move]:
    return [a_move(S.AWAITING_APPROVAL) for _ in range(3)]


def form_of(page: str) -> dict[str, Any]:
    """What the page would send, without a tick."""
    hidden = re.findall(
        r'type="hidden" name="((?:plan|version|warned)-[^"]+)" value="([^"]*)"', page
    )
    sent: dict[str, Any] = {}
    for name, value in hidden:
        sent.setdefault(name, []).append(value)
    return sent


def tick(client: Client, *moves: Move, **more: str) -> HttpResponse:
    sent = form_of(client.get("/akkoord/").content.decode())
    return post(client, {**sent, **more}, *moves)


def post(client: Client, sent: dict[str, Any], *moves: Move) -> HttpResponse:
    data = {**sent, "move": [move.number for move in moves]}
    return client.post("/akkoord/samen/", data)  # type: ignore[return-value] # the test client's answer has more


def boxes(page: str) -> dict[str, bool]:
    """Each request that can be ticked, and whether it is."""
    return {number: bool(on) for number, on in BOX.findall(page)}


def states(moves: list[Move]) -> list[str]:
    now = Move.objects.in_bulk([move.pk for move in moves])
    return [str(now[move.pk].state) for move in moves]


def test_what_is_ticked_is_approved_and_named(
    as_lead: Client, waiting: list[Move]
) -> None:
    first, _other, third = waiting

    response = tick(as_lead, first, third)

    assert states(waiting) == [S.APPROVED, S.AWAITING_APPROVAL, S.APPROVED]
    assert response["Location"] == "/akkoord/"
    sentences = [str(message) for message in get_messages(response.wsgi_request)]  # type: ignore[attr-defined] # the test client's answer has more
    assert sentences == [f"Er is akkoord voor 2 aanvragen: {first}, {third}."]


def test_each_waits_for_the_moment_that_was_asked_for(
    as_lead: Client, a_move: MakeMove
) -> None:
    wished = timezone.now() + timedelta(days=2)
    later = a_move(S.AWAITING_APPROVAL, not_before=wished)
    now = a_move(S.AWAITING_APPROVAL)

    tick(as_lead, later, now)

    stored = Move.objects.in_bulk([later.pk, now.pk])
    assert states([later, now]) == [S.APPROVED, S.APPROVED]
    assert (stored[later.pk].not_before, stored[now.pk].not_before) == (wished, None)


def test_only_what_the_lead_may_approve_as_it_is_can_be_ticked(
    as_lead: Client, lead: User, waiting: list[Move], a_move: MakeMove
) -> None:
    own = make_draft(lead)
    submit(own, lead)
    attest_as(own, lead)
    a_move(S.AWAITING_APPROVAL, not_before=timezone.now() + timedelta(days=40))
    connections = BookkeepingConnection.objects
    blocked, lapsed, free = waiting
    connections.filter(pk=blocked.wanted.connection_id).update(is_active=False)
    connections.filter(pk=lapsed.wanted.connection_id).update(demand="API")

    page = as_lead.get("/akkoord/").content.decode()

    assert boxes(page) == {free.number: False}
    assert page.count("Er houdt iets tegen: kijk ernaar") == 3
    queue = waiting_for_approval(actor_for(lead))
    assert [line.is_blocked for line in queue.lines] == [True, True, False, False, True]


def test_warnings_go_along_only_when_they_were_seen(
    as_lead: Client, a_move: MakeMove
) -> None:
    seen, unseen = (a_move(S.AWAITING_APPROVAL, client_informed=False) for _ in "12")

    response = tick(as_lead, seen, unseen, **{f"seen-{seen}": "on"})

    page = response.content.decode()
    assert states([seen, unseen]) == [S.APPROVED, S.AWAITING_APPROVAL]
    assert boxes(page) == {unseen.number: True}
    assert f'id="refused-{unseen.pk}"' in page
    assert page.count("Vink aan dat je dit hebt gezien: De klant weet het") == 2


def test_what_was_refused_stays_ticked_and_says_why_at_its_line(
    as_lead: Client, waiting: list[Move], a_move: MakeMove
) -> None:
    first, second, third = waiting
    warned = a_move(S.AWAITING_APPROVAL, client_informed=False)
    plan = {f"plan-{moved}": "0" * 64 for moved in (second, warned)}
    seen = {f"seen-{warned}": "on"}

    response = tick(as_lead, first, second, warned, **plan, **seen)

    page = response.content.decode()
    assert states([*waiting, warned]) == [S.APPROVED, *[S.AWAITING_APPROVAL] * 3]
    assert boxes(page) == {
        second.number: True,
        third.number: False,
        warned.number: True,
    }
    assert f'name="seen-{warned}" data-seen' in page
    assert re.search(rf'name="seen-{warned}"[^>]* checked', page)
    assert "<title>Fout: " in page
    assert f"Er is akkoord voor 1 aanvraag: {first}." in page
    assert "Voor 2 aanvragen is er geen akkoord" in page
    at_lines = re.findall(r'(?s)id="refused-(\d+)"><svg.*?<span>([^<]*)<', page)
    assert at_lines == [
        (
            f"{move.pk}",
            "Het plan is gewijzigd sinds je deze pagina opende. Kijk er opnieuw naar.",
        )
        for move in (second, warned)
    ]


def test_warnings_that_came_meanwhile_are_not_ticked_as_seen(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL, client_informed=False)
    sent = form_of(as_lead.get("/akkoord/").content.decode())
    administration = move.administration
    assert administration is not None
    administration.documents_unprocessed = 3
    administration.save()

    response = post(as_lead, {**sent, f"seen-{move}": "on"}, move)

    page = response.content.decode()
    assert states([move]) == [S.AWAITING_APPROVAL]
    assert boxes(page) == {move.number: True}
    assert not re.search(rf'name="seen-{move}"[^>]* checked', page)


def test_what_another_lead_decided_meanwhile_leads_to_its_page(
    as_lead: Client, waiting: list[Move], other_lead: User
) -> None:
    sent = form_of(as_lead.get("/akkoord/").content.decode())
    approve(waiting[0], other_lead)

    response = post(as_lead, sent, *waiting)

    page = response.content.decode()
    assert states(waiting) == [S.APPROVED] * 3
    assert f'<a href="/migraties/{waiting[0]}/"' in page
    assert other_lead.username in page
    assert f"Er is akkoord voor 2 aanvragen: {waiting[1]}, {waiting[2]}." in page


def test_nothing_ticked_is_told(as_lead: Client, waiting: list[Move]) -> None:
    page = tick(as_lead).content.decode()

    assert "Er is niets aangevinkt" in page
    assert states(waiting) == [S.AWAITING_APPROVAL] * 3


@pytest.mark.parametrize("number", ["M-2026-99999", "onzin"])
def test_a_number_that_is_none_approves_nothing(
    number: str, as_lead: Client, waiting: list[Move]
) -> None:
    sent = form_of(as_lead.get("/akkoord/").content.decode())
    data = {**sent, "move": [waiting[0].number, number]}

    assert as_lead.post("/akkoord/samen/", data).status_code == 404
    assert states(waiting) == [S.AWAITING_APPROVAL] * 3


def test_approving_is_never_a_link(as_lead: Client) -> None:
    assert as_lead.get("/akkoord/samen/").status_code == 405
