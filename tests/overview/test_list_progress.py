"""A run shows in the list how far it is."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adminmoves.models import Effect, Move
from adminmoves.plan import steps_of
from adminmoves.vocabulary import MoveState, MoveType
from tests.cast import MakeMove
from tests.overview.people import logged_in

pytestmark = pytest.mark.django_db
S = MoveState
STEPS = steps_of(MoveType.CHANGE_CODE)


def run_steps(move: Move, count: int) -> None:
    """The first steps are in the ledger, as a worker writes them."""
    attempt = move.attempts.get(ended_at=None)
    for step in STEPS[:count]:
        Effect.objects.create(attempt=attempt, move=move, step=step, worker="w1")


def test_only_what_runs_shows_how_far_it_is(lead: User, a_move: MakeMove) -> None:
    begun, half = a_move(S.RUNNING), a_move(S.RUNNING)
    for state in (S.APPROVED, S.COMPLETED, S.FAILED):
        a_move(state)
    run_steps(half, 4)

    answer = logged_in(lead).get("/?status=alle")

    shown = re.findall(
        r'<progress class="mini" value="(\d+)" max="100"'
        r' aria-label="Voortgang van ([^"]+)"',
        answer.content.decode(),
    )
    assert sorted(shown) == sorted(
        [("0", begun.number), (str(400 // len(STEPS)), half.number)]
    )


def test_many_runs_cost_one_query_more_than_none(lead: User, a_move: MakeMove) -> None:
    a_move(S.COMPLETED)
    client, costs = logged_in(lead), []
    for _round in range(4):
        with CaptureQueriesContext(connection) as asked:
            client.get("/?status=alle")
        costs.append(len(asked))
        a_move(S.RUNNING)

    assert costs[1:] == [costs[0] + 1] * 3
