"""Bad days, with real workers: each move still ends done, exactly once.

A worker starts only where it will stand still: the approval rang already, so an
earlier one could be through before the fault meets it.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from psycopg2 import extensions

from adminmoves import celery_tasks
from adminmoves.access import actor_for
from adminmoves.execution.actions import stop_move
from adminmoves.intake.withdrawal.actions import withdraw_move
from adminmoves.models import CleanUp, Event, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.archive.shelves import fill_with
from tests.builders import approve, make_administration
from tests.cast import MakeMove
from tests.execution.oracle import (
    DONE_ONCE,
    broken_chains,
    done_once,
    judge,
    look,
    promises,
)
from tests.execution.standstill import stuck_at, until
from tests.faults import store
from tests.servers import Broker, Connect, Process, Workers

pytestmark = [pytest.mark.workers, pytest.mark.django_db(transaction=True)]
S = MoveState
SOON = {
    "PORTAL_LEASE_SECONDS": "4",
    "PORTAL_SWEEP_SECONDS": "1",
    "PORTAL_DRAIN_SECONDS": "20",
}
BAD_STORE = {**SOON, "PORTAL_ARCHIVE_STORE": "tests.faults.store.FaultyStore"}


def taken_over(move: Move) -> bool:
    return Event.objects.filter(move=move, code="RUN_TAKEN_OVER").exists()


def completed(move: Move) -> Callable[[], bool]:
    return lambda: Move.objects.get(pk=move.pk).state == S.COMPLETED


def with_archive(a_move: MakeMove) -> Move:
    """An approved move with fifty files, of one chunk."""
    administration = make_administration()
    fill_with(administration, 50)
    kind = MoveType.MOVE_ENVIRONMENT
    return a_move(S.APPROVED, move_type=kind, administration=administration)


def cleaned() -> bool:
    return not CleanUp.objects.filter(done_at=None).exists()


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("adminmoves_effect", id="while it writes the ledger"),
        pytest.param("adminmoves_aftercare", id="after it changed the place"),
    ],
)
def test_kill_9_in_the_middle_of_a_run(
    table: str,
    a_move: MakeMove,
    workers: Workers,
    beat: Process,
    owner: extensions.connection,
) -> None:
    move = a_move(S.APPROVED)

    with stuck_at(owner, table) as somebody_waits:
        (first,) = workers(1, **SOON)
        celery_tasks.send()
        until(somebody_waits)
        first.kill()
    workers(1, **SOON)
    until(completed(move))

    assert look(owner, move.pk) == DONE_ONCE
    assert not taken_over(move), "a run in one transaction leaves nothing behind"
    assert broken_chains(owner) == []


def test_kill_9_in_the_middle_of_copying(
    a_move: MakeMove,
    workers: Workers,
    beat: Process,
    shelves: Path,
    owner: extensions.connection,
) -> None:
    move = with_archive(a_move)
    promised = promises(owner, shelves)
    store.order(shelves, {store.HALF: 100})

    (first,) = workers(1, **BAD_STORE)
    celery_tasks.send()
    until(lambda: bool(store.met(shelves)))
    first.kill()
    assert list(shelves.rglob("*.part-*")) != []
    store.order(shelves, {})
    workers(1, **BAD_STORE)
    until(completed(move))
    CleanUp.objects.update(due_at=timezone.now())
    until(cleaned)

    assert look(owner, move.pk) == done_once(move.move_type)
    assert taken_over(move)
    found = judge(owner, shelves, promised)
    assert (found.wrong, found.documents) == ([], 50)


def test_a_worker_that_sleeps_in_a_chunk_until_its_move_is_cleaned_up_after(
    a_move: MakeMove,
    agent: User,
    lead: User,
    workers: Workers,
    beat: Process,
    shelves: Path,
    owner: extensions.connection,
) -> None:
    move = with_archive(a_move)
    promised = promises(owner, shelves)
    store.order(shelves, {store.HANG: 100})

    (first,) = workers(1, **BAD_STORE)
    celery_tasks.send()
    until(lambda: bool(store.met(shelves)))
    ((_kind, sleeper),) = store.met(shelves)
    os.kill(sleeper, signal.SIGSTOP)
    store.order(shelves, {})
    stop_move(move.pk, actor=actor_for(lead), reason="Verkeerde avond.")
    workers(1, **BAD_STORE)
    until(lambda: Move.objects.get(pk=move.pk).state == S.STOPPED)
    withdraw_move(move.pk, actor=actor_for(agent), reason="Niet meer nodig.")
    until(cleaned)
    os.kill(sleeper, signal.SIGCONT)
    first.wait_until("this worker stops")

    found = judge(owner, shelves, promised)
    assert (found.wrong, found.documents) == ([], 50)


def test_a_message_that_is_delivered_many_times(
    a_move: MakeMove, workers: Workers, broker: Broker, owner: extensions.connection
) -> None:
    moves = [a_move(S.APPROVED) for _ in range(5)]
    workers(2, **SOON)

    for _ in range(20):
        celery_tasks.send()
    until(lambda: all(completed(move)() for move in moves))

    assert [look(owner, move.pk) for move in moves] == [DONE_ONCE] * 5


def test_redis_stops_before_the_approval_and_comes_back_after_it(
    a_move: MakeMove,
    lead: User,
    workers: Workers,
    beat: Process,
    broker: Broker,
    owner: extensions.connection,
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    workers(1, **SOON)
    broker.kill()

    approved = approve(move, lead)
    broker.start()
    until(completed(move))

    assert approved.state == S.APPROVED
    assert look(owner, move.pk) == DONE_ONCE


def test_redis_dies_with_all_its_data_in_the_middle_of_a_run(
    a_move: MakeMove,
    workers: Workers,
    beat: Process,
    broker: Broker,
    owner: extensions.connection,
) -> None:
    move, next_one = a_move(S.APPROVED), a_move(S.APPROVED)

    with stuck_at(owner, "adminmoves_effect") as waits:
        workers(1, **SOON)
        celery_tasks.send()
        until(waits)
        broker.kill()
        broker.forget()
        broker.start()
    until(lambda: completed(move)() and completed(next_one)())

    assert [look(owner, each.pk) for each in (move, next_one)] == [DONE_ONCE] * 2


def test_a_worker_that_is_paused_past_its_lease_and_wakes_up(
    a_move: MakeMove, workers: Workers, beat: Process, owner: extensions.connection
) -> None:
    move = a_move(S.APPROVED)

    with stuck_at(owner, "adminmoves_aftercare") as waits:
        (sleeper,) = workers(1, **SOON)
        celery_tasks.send()
        until(waits)
        os.killpg(os.getpgid(sleeper.pid), signal.SIGSTOP)
    workers(1, **SOON)
    until(completed(move))
    os.killpg(os.getpgid(sleeper.pid), signal.SIGCONT)
    after = a_move(S.APPROVED)
    celery_tasks.send()
    until(completed(after))

    assert [look(owner, each.pk) for each in (move, after)] == [DONE_ONCE] * 2
    assert broken_chains(owner) == []


def test_a_database_connection_that_is_lost_in_the_middle_of_a_run(
    a_move: MakeMove,
    workers: Workers,
    beat: Process,
    app_sql: Connect,
    owner: extensions.connection,
) -> None:
    move = a_move(S.APPROVED)

    with stuck_at(owner, "adminmoves_aftercare") as somebody_waits:
        workers(1, **SOON)
        celery_tasks.send()
        until(somebody_waits)
        cut_connection(app_sql(), "adminmoves_aftercare")
    until(completed(move))

    assert look(owner, move.pk) == DONE_ONCE
    assert not Move.objects.get(pk=move.pk).events.filter(code="MOVE_FAILED").exists()


def cut_connection(connection: extensions.connection, table: str) -> None:
    """Let the server end the session that waits for that table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted"
            " AND relation = %s::regclass AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())",
            [table],
        )
        assert cursor.fetchall() == [(True,)]


def test_a_redis_that_hangs_does_not_keep_an_approval_waiting(
    a_move: MakeMove, lead: User, broker: Broker
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    assert broker.child.process is not None
    os.kill(broker.child.process.pid, signal.SIGSTOP)

    heard = celery_tasks.send()
    approved = approve(move, lead)
    os.kill(broker.child.process.pid, signal.SIGCONT)

    assert (heard, approved.state) == (False, S.APPROVED)


def test_an_unreachable_redis_does_not_keep_an_approval_waiting(
    a_move: MakeMove, lead: User
) -> None:
    move = a_move(S.AWAITING_APPROVAL)

    heard = celery_tasks.send()
    approved = approve(move, lead)

    assert (heard, approved.state) == (False, S.APPROVED)
