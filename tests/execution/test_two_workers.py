"""Workers share a queue without waiting for each other (architecture.md par. 4)."""

from collections.abc import Iterator

import pytest
from django.db import connection
from psycopg2 import extensions

from adminmoves.execution import dispatch, runner
from adminmoves.models import Move
from adminmoves.vocabulary import MoveState
from tests.cast import MakeMove
from tests.servers import Connect

pytestmark = pytest.mark.django_db(transaction=True)
S = MoveState


@pytest.fixture
def impatient(transactional_db: None) -> Iterator[None]:
    """Whoever waits for a row of somebody else is told so by an error."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


def hold(move: Move, other: extensions.connection) -> None:
    """As a worker holds a move from its start to its end."""
    with other.cursor() as cursor:
        cursor.execute(
            "SELECT FROM adminmoves_move WHERE id = %s FOR UPDATE", [move.pk]
        )


@pytest.mark.usefixtures("impatient")
def test_a_move_that_another_worker_has_is_left_to_it_at_once(
    a_move: MakeMove, app_sql: Connect
) -> None:
    taken, free = a_move(S.APPROVED), a_move(S.APPROVED)
    hold(taken, app_sql())

    assert not runner.run(taken.pk, "worker-2")
    assert runner.drain("worker-2", seconds=10) == 1

    assert Move.objects.get(pk=free.pk).state == S.COMPLETED
    assert Move.objects.get(pk=taken.pk).dispatched_at is None


def test_what_another_has_just_taken_is_looked_up_once(a_move: MakeMove) -> None:
    a_move(S.APPROVED)
    due = dispatch.due_moves()

    assert next(due) is not None
    assert next(due) is None


def test_a_long_queue_is_looked_up_as_often_as_it_takes(
    a_move: MakeMove, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "MAX_LOOKED_UP", 2)
    moves = {a_move(S.APPROVED).pk for _ in range(3)}
    due = dispatch.due_moves()

    started = set()
    while move_id := next(due):
        runner.run(move_id, "worker-1")
        started.add(move_id)

    assert started == moves
