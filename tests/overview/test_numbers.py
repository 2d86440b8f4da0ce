"""The year in a number counts: a number of another year is nobody's."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from adminmoves.audit.queries import events_of, plan_query
from adminmoves.models import Move
from adminmoves.overview.search.finding import find
from adminmoves.urls import journey
from adminmoves.vocabulary import MoveState
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S = MoveState


NUMBERED = [
    str(address.pattern) for address in journey if ":number>" in str(address.pattern)
]


def of_other_year(move: Move) -> str:
    return re.sub(r"-\d{4}-", "-1999-", move.number)


@pytest.mark.parametrize("role", ["agent", "lead"])
def test_no_address_takes_a_number_of_another_year(
    role: str, request: pytest.FixtureRequest, client: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(request.getfixturevalue(role))
    number = of_other_year(move)
    addresses = ["/" + re.sub(r"<\w+:number>", number, route) for route in NUMBERED]

    statuses = {
        getattr(client, method)(address).status_code
        for address in addresses
        for method in ("get", "post")
    }

    assert len(addresses) > 15
    # Not allowed: by the method or by the right, whatever number it is.
    assert statuses <= {403, 404, 405}
    assert Move.objects.get(pk=move.pk).state == S.AWAITING_APPROVAL


def test_the_right_number_is_found_everywhere(
    client: Client, agent: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(agent)

    assert client.get(reverse("moves:detail", args=[move.number])).status_code == 200
    assert find(move.number).moves == (move,)
    assert events_of(plan_query({"q": move.number})).exists()


def test_a_number_of_another_year_finds_nothing(a_move: MakeMove) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    other = of_other_year(move)

    assert find(other).moves == ()
    assert not events_of(plan_query({"q": other})).exists()
    assert not Move.objects.filter(Move.numbered(other)).exists()
    assert not move.has_number(other)


def test_more_at_once_refuses_a_number_of_another_year(
    client: Client, lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(lead)

    answer = client.post(reverse("moves:approve_many"), {"move": [of_other_year(move)]})

    assert answer.status_code == 404
    assert Move.objects.get(pk=move.pk).state == S.AWAITING_APPROVAL


@pytest.mark.parametrize("year", ["0000", "0001", "9999"])
def test_a_year_that_no_calendar_has_finds_nothing(year: str) -> None:
    assert not Move.objects.filter(Move.numbered(f"M-{year}-00001")).exists()
