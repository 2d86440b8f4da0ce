"""Sixty moves while workers are killed at chosen moments: each is done once."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from psycopg2 import extensions

from adminmoves.archive import cleaning
from adminmoves.models import CleanUp, Event, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.archive.shelves import fill_with
from tests.builders import approve, make_administration
from tests.cast import MakeMove
from tests.execution.oracle import (
    WITH_ARCHIVE,
    broken_chains,
    done_once,
    judge,
    look,
    promises,
    rows,
    states,
)
from tests.execution.standstill import stuck_at, until
from tests.faults import store
from tests.faults.crew import children_of
from tests.servers import Process, Workers

LEASE = 5
DOCUMENTS = 120
SETTINGS = {
    "PORTAL_LEASE_SECONDS": str(LEASE),
    "PORTAL_SWEEP_SECONDS": "1",
    "PORTAL_DRAIN_SECONDS": "20",
    "PORTAL_MAX_TAKEOVERS": "50",
    "PORTAL_ARCHIVE_STORE": "tests.faults.store.FaultyStore",
}
TABLES = (
    "adminmoves_attempt",
    "adminmoves_effect",
    "adminmoves_formerplace",
    "adminmoves_aftercare",
)
"""Where a run writes, in its order."""
WHO_WAITS = """
SELECT DISTINCT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND a.datname = current_database()
  AND l.relation = %s::regclass AND a.application_name <> ''
"""
"""Each worker tells the database its name, by PGAPPNAME."""
KINDS = list(MoveType)


@pytest.mark.workers
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_sixty_moves_are_each_done_once_whoever_is_killed(
    a_move: MakeMove,
    lead: User,
    workers: Workers,
    beat: Process,
    shelves: Path,
    owner: extensions.connection,
) -> None:
    chance = random.Random(20261124)  # noqa: S311 - repeatable, not secret
    moves = [filed(a_move, KINDS[number % len(KINDS)]) for number in range(60)]
    promised = promises(owner, shelves)
    running = Running(workers, chance)
    killed: Counter[str] = Counter()
    for move in moves:
        if chance.random() < 0.6:
            approve(move, lead)
            continue
        where = "copying" if move.move_type in WITH_ARCHIVE else chance.choice(TABLES)
        how = "group" if chance.random() < 0.3 else "child"
        with standing_at(where, move, shelves, owner, running) as standing:
            approve(move, lead)
            running.kill(waited_for(standing), how)
        killed[where] += 1

    last_kill = time.monotonic()
    while states(owner) != {"COMPLETED": 60} and time.monotonic() < last_kill + 60:
        time.sleep(0.1)
    settled_after = time.monotonic() - last_kill

    takeovers = Event.objects.filter(code="RUN_TAKEN_OVER").count()
    print(  # noqa: T201 - the figures are what one wants to see
        f"60 moves, killed at {dict(killed)}, {takeovers} runs taken over, "
        f"settled {settled_after:.1f} s after the last kill"
    )
    seen = [look(owner, move.pk) for move in moves]
    assert seen == [done_once(move.move_type) for move in moves]
    # A file that a killed worker left half written goes with its move's clean-up.
    CleanUp.objects.update(due_at=timezone.now())
    cleaning.clean(30)
    assert broken_chains(owner) == []
    verdict = judge(owner, shelves, promised)
    assert (verdict.lost, verdict.doubled, verdict.untrue) == ([], [], [])
    assert verdict.documents == 24 * DOCUMENTS
    assert settled_after < 2 * LEASE
    assert takeovers >= killed["copying"] > 0
    assert killed.keys() == {"copying", *TABLES}


def filed(a_move: MakeMove, kind: MoveType) -> Move:
    administration = make_administration()
    if kind in WITH_ARCHIVE:
        fill_with(administration, DOCUMENTS, seed=administration.pk)
    return a_move(
        MoveState.AWAITING_APPROVAL, move_type=kind, administration=administration
    )


@contextmanager
def standing_at(
    where: str,
    move: Move,
    shelves: Path,
    owner: extensions.connection,
    running: "Running",
) -> Iterator[Callable[[], list[Process]]]:
    """Make a worker stand still there; gives a function that says which one does."""
    if where != "copying":
        with stuck_at(owner, where):
            yield lambda: running.named(rows(owner, WHO_WAITS, where))
        return
    assert move.administration is not None
    documents = move.administration.archive.values_list("pk", flat=True)
    before = len(store.met(shelves))
    hang = store.chance_of_first(store.HANG, documents)
    store.order(shelves, {store.HANG: hang})
    yield lambda: running.parents([pid for _kind, pid in store.met(shelves)[before:]])
    store.order(shelves, {})


def waited_for(standing: Callable[[], list[Process]]) -> list[Process]:
    """Who stands there, once somebody does."""
    until(lambda: bool(standing()))
    return standing()


class Running:
    """Two workers; one that is killed is replaced."""

    def __init__(self, workers: Workers, chance: random.Random) -> None:
        self.workers, self.chance = workers, chance
        self.by_name: dict[str, Process] = {}
        for _ in range(2):
            self.hire()

    def hire(self) -> None:
        name = f"crew-{len(self.by_name)}"
        (self.by_name[name],) = self.workers(1, **SETTINGS, PGAPPNAME=name)

    def named(self, found: list[tuple[str]]) -> list[Process]:
        return [self.by_name[name] for (name,) in found]

    def parents(self, pids: list[int]) -> list[Process]:
        return [
            process
            for process in self.by_name.values()
            if process.popen.poll() is None and children_of(process) & set(pids)
        ]

    def kill(self, found: list[Process], how: str) -> None:
        """kill -9 of the children of a worker that stands there, or of all of it."""
        victim = self.chance.choice(found)
        if how == "child":
            for child in children_of(victim):
                os.kill(child, signal.SIGKILL)
            return
        victim.kill()
        self.hire()
