"""Sixty moves while workers are killed at random moments."""

import os
import random
import signal
import subprocess
import time

import pytest
from django.contrib.auth.models import User
from psycopg2 import extensions

from adminmoves.models import Attempt, Event, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.archive.shelves import fill_with
from tests.builders import approve, make_administration
from tests.cast import MakeMove
from tests.execution.oracle import WITH_ARCHIVE, broken_chains, done_once, look, states
from tests.execution.standstill import stuck_at, until
from tests.servers import Process, Workers

LEASE = 5
SETTINGS = {
    "PORTAL_LEASE_SECONDS": str(LEASE),
    "PORTAL_SWEEP_SECONDS": "1",
    "PORTAL_DRAIN_SECONDS": "20",
    "PORTAL_MAX_TAKEOVERS": "50",
}
TABLES = (
    "adminmoves_attempt",
    "adminmoves_effect",
    "adminmoves_formerplace",
    "adminmoves_aftercare",
)
OF_FILES = ("adminmoves_effect", "adminmoves_documentcopy", "adminmoves_formerplace")
KINDS = list(MoveType)


@pytest.mark.workers
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_sixty_moves_are_each_done_once_whoever_is_killed(
    a_move: MakeMove,
    lead: User,
    workers: Workers,
    beat: Process,
    owner: extensions.connection,
) -> None:
    chance = random.Random(20261124)  # noqa: S311 - repeatable, not secret
    moves = [a_request(a_move, KINDS[number % len(KINDS)]) for number in range(60)]
    running = workers(2, **SETTINGS)
    killed = {"child": 0, "group": 0}
    for move in moves:
        if chance.random() < 0.6:
            approve(move, lead)
            continue
        how = "group" if chance.random() < 0.3 else "child"
        tables = OF_FILES if move.move_type in WITH_ARCHIVE else TABLES
        with stuck_at(owner, chance.choice(tables)) as somebody_waits:
            approve(move, lead)
            until(somebody_waits)
            running = kill_one(running, how, chance, workers)
        killed[how] += 1

    last_kill = time.monotonic()
    while states(owner) != {"COMPLETED": 60} and time.monotonic() < last_kill + 60:
        time.sleep(0.1)
    settled_after = time.monotonic() - last_kill

    takeovers = Event.objects.filter(code="RUN_TAKEN_OVER").count()
    print(  # noqa: T201 - the figures are what one wants to see
        f"60 moves, killed {killed}, {takeovers} runs taken over, "
        f"settled {settled_after:.1f} s after the last kill"
    )
    seen = [look(owner, move.pk) for move in moves]
    assert seen == [done_once(move.move_type) for move in moves]
    assert broken_chains(owner) == []
    assert settled_after < 2 * LEASE
    assert takeovers >= 5


def a_request(a_move: MakeMove, move_type: MoveType) -> Move:
    """One that waits for its approval; with some files where they move along."""
    books = make_administration()
    if move_type in WITH_ARCHIVE:
        fill_with(books, 20)
    return a_move(
        MoveState.AWAITING_APPROVAL, move_type=move_type, administration=books
    )


def kill_one(
    running: list[Process], how: str, chance: random.Random, workers: Workers
) -> list[Process]:
    """kill -9 of the child that holds a run, or of its whole worker."""
    families = {process.pid: children_of(process) for process in running}
    alive = set().union(*families.values())
    holders = [pid for pid in holding() if pid in alive]
    victim = holders[0] if holders else chance.choice(sorted(alive))
    if how == "child":
        os.kill(victim, signal.SIGKILL)
        return running
    (worker,) = (process for process in running if victim in families[process.pid])
    worker.kill()
    rest = [process for process in running if process is not worker]
    return [*rest, *workers(1, **SETTINGS)]


def holding() -> list[int]:
    """The processes that hold a run, newest first; a worker's name ends in its id."""
    names = Attempt.objects.filter(ended_at=None).order_by("-heartbeat_at")
    return [
        int(name.rsplit("/")[-1]) for name in names.values_list("worker", flat=True)
    ]


def children_of(process: Process) -> set[int]:
    found = subprocess.run(
        ["pgrep", "-P", str(process.pid)],  # noqa: S607 - procps is where it is
        capture_output=True,
        text=True,
        check=False,
    )
    return {int(pid) for pid in found.stdout.split()}
