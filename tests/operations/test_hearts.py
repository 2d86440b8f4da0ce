"""Workers and beat show that they are alive, and are missed when they are not."""

import socket
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Now
from psycopg2 import extensions

from adminmoves import celery_tasks
from adminmoves.models import WorkerBeat
from adminmoves.operations import health_queries
from adminmoves.operations.heartbeat import Heartbeat
from adminmoves.vocabulary import BeatKind, MoveState, MoveType
from tests.archive.shelves import fill_with
from tests.builders import make_administration
from tests.cast import MakeMove
from tests.execution.standstill import stuck_at, until
from tests.servers import Broker, Process, Workers, as_owner

SECOND = {"PORTAL_HEARTBEAT_SECONDS": "1"}
WORKER = "worker1@localhost"


def seen(kind: BeatKind) -> Callable[[], bool]:
    return lambda: WorkerBeat.objects.alive().filter(kind=kind).exists()


def silent(name: str) -> Callable[[], bool]:
    """Judged as a portal judges that expects a heartbeat each second."""
    beats = WorkerBeat.objects.filter(pk=name, seen_at__lt=Now() - timedelta(seconds=3))
    return beats.exists


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_worker_is_seen_and_is_missed_after_kill_9(workers: Workers) -> None:
    (worker,) = workers(1, **SECOND)
    until(seen(BeatKind.BOTH))

    worker.kill()

    until(silent(WORKER))


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_stops_in_order_is_missed_by_nobody(workers: Workers) -> None:
    (worker,) = workers(1, **SECOND)
    until(seen(BeatKind.BOTH))

    worker.popen.terminate()

    until(lambda: not WorkerBeat.objects.exists())


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_worker_tells_which_run_it_holds(
    a_move: MakeMove, workers: Workers, owner: extensions.connection
) -> None:
    administration = make_administration()
    fill_with(administration, 5)
    move = a_move(
        MoveState.APPROVED,
        move_type=MoveType.MOVE_ENVIRONMENT,
        administration=administration,
    )

    with stuck_at(owner, "adminmoves_documentcopy") as somebody_waits:
        workers(1, **SECOND)
        celery_tasks.send()
        until(somebody_waits)
        until(lambda: move in held_by(WORKER))

    until(lambda: held_by(WORKER) == [])


def held_by(name: str) -> list[object]:
    processes = health_queries.processes(health_queries.runs())
    return [
        move
        for process in processes
        if process.beat.pk == name
        for move in process.moves
    ]


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_worker_is_seen_again_after_the_database_let_nobody_in(
    workers: Workers, database_name: str
) -> None:
    (worker,) = workers(1, **SECOND)
    until(seen(BeatKind.BOTH))
    alter = f"ALTER DATABASE {database_name} ALLOW_CONNECTIONS"
    with closing(as_owner("postgres")) as server, server.cursor() as cursor:
        cursor.execute(f"{alter} false")
        try:
            worker.wait_until("The heartbeat could not be written.")
        finally:
            cursor.execute(f"{alter} true")
        cursor.execute("SELECT now()")
        (back,) = cursor.fetchone() or ()

    until(lambda: WorkerBeat.objects.filter(seen_at__gt=back).exists())


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_beat_is_seen_as_long_as_it_can_ring(beat: Process, broker: Broker) -> None:
    until(seen(BeatKind.BEAT))
    row = WorkerBeat.objects.get(kind=BeatKind.BEAT)

    broker.stop()

    until(silent(row.pk))


@pytest.mark.django_db(transaction=True)
def test_who_is_silent_for_a_day_is_forgotten() -> None:
    for name, hours in (("worker@gone", 25), ("worker@silent", 23)):
        WorkerBeat.objects.create(
            name=name,
            kind=BeatKind.WORKER,
            started_at=Now(),
            seen_at=Now() - timedelta(hours=hours),
        )

    Heartbeat("worker@here", BeatKind.WORKER, list).beat()

    names = WorkerBeat.objects.values_list("pk", flat=True)
    assert set(names) == {"worker@here", "worker@silent"}


@pytest.mark.django_db(transaction=True)
def test_a_heart_leaves_no_connection_open() -> None:
    Heartbeat("worker@here", BeatKind.WORKER, list).beat()

    assert connection.connection is None


@pytest.mark.django_db(transaction=True)
def test_a_heart_with_nothing_to_say_for_itself_says_nothing() -> None:
    Heartbeat("beat@here", BeatKind.BEAT, lambda: None).beat()

    assert not WorkerBeat.objects.exists()


@pytest.mark.django_db
def test_a_health_check_asks_for_the_process_of_its_own_host() -> None:
    for host, seconds in ((socket.gethostname(), 29), ("elsewhere", 0)):
        for process in ("beat", "worker"):
            WorkerBeat.objects.create(
                name=f"{process}@{host}",
                kind=BeatKind.BEAT,
                started_at=Now(),
                seen_at=Now() - timedelta(seconds=seconds),
            )
    WorkerBeat.objects.filter(name=f"worker@{socket.gethostname()}").delete()

    call_command("is_alive", "beat")
    with pytest.raises(CommandError, match=r"^worker@.* wrote no heartbeat in time"):
        call_command("is_alive", "worker")
