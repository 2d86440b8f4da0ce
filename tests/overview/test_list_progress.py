"""A run shows in the list how far it is."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adminmoves.models import Effect, Move
from adminmoves.rules.plan import steps_of
from adminmoves.vocabulary import MoveState, MoveType, StepCode
from tests.cast import MakeMove
from tests.overview.people import logged_in

pytestmark = pytest.mark.django_db
S = MoveState
STEPS = steps_of(MoveType.CHANGE_CODE)


def run_steps(move: Move, count: int, steps: tuple[StepCode, ...] = STEPS) -> None:
    """The first steps are in the ledger, as a worker writes them."""
    attempt = move.attempts.get(ended_at=None)
    for step in steps[:count]:
        Effect.objects.create(attempt=attempt, move=move, step=step, worker="w1")


def test_only_what_runs_shows_how_far_it_is(lead: User, a_move: MakeMove) -> None:
    begun, half = a_move(S.RUNNING), a_move(S.RUNNING)
    for state in (S.APPROVED, S.COMPLETED, S.FAILED):
        a_move(state)
    run_steps(half, 4)

    answer = logged_in(lead).get("/?status=alle")

    shown = re.findall(
        r'<progress class="mini" value="(\d+)" max="100"'
        r'\s+aria-label="Voortgang van ([^"]+)"',
        answer.content.decode(),
    )
    assert sorted(shown) == sorted(
        [("0", begun.number), (str(400 // len(STEPS)), half.number)]
    )


def test_of_an_archive_the_copying_is_what_takes_the_time(
    lead: User, a_move: MakeMove
) -> None:
    steps = steps_of(MoveType.MOVE_ENVIRONMENT)
    before = steps.index(StepCode.COPY_ARCHIVE)
    for done, copied in ((0, 0), (before, 0), (before, 50), (before + 1, 100)):
        move = a_move(S.RUNNING, move_type=MoveType.MOVE_ENVIRONMENT)
        move.attempts.update(documents=10, size=100, copied_size=copied)
        run_steps(move, done, steps)

    page = logged_in(lead).get("/?status=uitvoering").content.decode()

    shown = re.findall(r'<progress class="mini" value="(\d+)"', page)
    assert sorted(map(int, shown)) == [0, 3, 48, 93]


def test_many_runs_cost_one_query_more_than_none(lead: User, a_move: MakeMove) -> None:
    a_move(S.COMPLETED)
    client, costs = logged_in(lead), []
    for _round in range(4):
        with CaptureQueriesContext(connection) as queries:
            client.get("/?status=alle")
        costs.append(len(queries))
        a_move(S.RUNNING)

    assert costs[1:] == [costs[0] + 1] * 3
