"""Each kind of fault: begun on entry, over on exit."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial

from tests.execution.standstill import until
from tests.faults import store
from tests.faults.ground import LEASE, Ground

LONGER_THAN_LEASE = LEASE + 1.5
AFTER_ALL_OTHERS = LEASE + 3.0
"""These end only with workers that live, and need a while."""
MOST_SECONDS, SECONDS_TO_COPY = 90.0, 3.0
BAD_FILES, EVERY_FILE = 30, 1000
"""Files in a thousand at which a store is in trouble."""
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename <> current_user
"""
LEASES_RUN_OUT = """
UPDATE adminmoves_attempt SET lease_until = now() - interval '1 second'
WHERE ended_at IS NULL
"""
CLEAN_UPS_ARE_DUE = """
UPDATE adminmoves_cleanup SET due_at = now() - interval '1 second', lease_until = NULL
WHERE done_at IS NULL
"""
COPYING = """
SELECT t.move_id, t.worker FROM adminmoves_attempt t
JOIN adminmoves_move m ON m.id = t.move_id
WHERE t.ended_at IS NULL AND t.documents > 0 AND m.state = 'RUNNING'
"""
NOT_CLEANED = """
SELECT 1 FROM adminmoves_cleanup WHERE move_id = %s AND done_at IS NULL
"""
PROOF_GROWS_OLD = """
ALTER TABLE adminmoves_proof DISABLE TRIGGER append_only;
UPDATE adminmoves_proof SET checked_at = checked_at - interval '40 days'
WHERE move_id = ANY(%s);
ALTER TABLE adminmoves_proof ENABLE TRIGGER append_only
"""


POWER_CUT, ARCHIVE_AWAY = "power cut", "archive away"
CLOCKS_WRONG = "clocks wrong"
Fault = Callable[[Ground], AbstractContextManager[None]]


@contextmanager
def child_killed(ground: Ground) -> Iterator[None]:
    ground.crew.kill_child()
    yield


@contextmanager
def main_killed(ground: Ground) -> Iterator[None]:
    ground.crew.kill_main()
    yield


@contextmanager
def group_killed(ground: Ground) -> Iterator[None]:
    ground.crew.kill_group()
    yield


@contextmanager
def child_stopped(ground: Ground) -> Iterator[None]:
    _worker, child = ground.crew.chosen()
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGSTOP)
    yield
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGCONT)


@contextmanager
def group_stopped(ground: Ground) -> Iterator[None]:
    worker, _child = ground.crew.chosen()
    ground.crew.paused.append(worker)
    os.killpg(worker.pid, signal.SIGSTOP)
    yield
    os.killpg(worker.pid, signal.SIGCONT)
    ground.crew.paused.remove(worker)


@contextmanager
def no_progress(ground: Ground) -> Iterator[None]:
    """Whoever copies stands still in the middle of a chunk and is killed, again and
    again, until a person is asked about each of these runs."""
    ground.order(**{store.HALF: EVERY_FILE})
    yield

    def asked() -> bool:
        for holder in standing(ground, store.HALF).values():
            ground.crew.kill(holder)
        return not ground.record.ask(COPYING)

    until(asked, MOST_SECONDS)
    ground.order(**{store.HALF: 0})


@contextmanager
def slept_through(ground: Ground) -> Iterator[None]:
    """A child stops between two files of a chunk, and wakes when its move was stopped,
    withdrawn and cleaned up after: it would go on with the next one."""
    assert ground.give_up is not None
    before = ground.orders.get(store.HANG, 0)
    ground.order(**{store.HANG: EVERY_FILE})
    with suppress(AssertionError):  # nobody copies just now
        until(lambda: bool(standing(ground, store.HANG)), SECONDS_TO_COPY)
    found = list(standing(ground, store.HANG).items())[:1]
    try:
        for _move, holder in found:
            os.kill(holder, signal.SIGSTOP)
    except ProcessLookupError:  # another fault took it meanwhile
        found = []
    ground.order(**{store.HANG: before})
    yield
    for move, holder in found:
        ground.give_up(move)
        until(partial(cleaned, ground, move), MOST_SECONDS)
        with suppress(ProcessLookupError):
            os.kill(holder, signal.SIGCONT)


def standing(ground: Ground, kind: str) -> dict[int, int]:
    """Who copies and stood still in this way: by move, the process."""
    met = {pid for what, pid in store.met(ground.shelves) if what == kind}
    locked_moves = {
        move: int(worker.rsplit("/")[-1])
        for move, worker in ground.record.ask(COPYING)
        if worker
    }
    return {move: pid for move, pid in locked_moves.items() if pid in met}


def cleaned(ground: Ground, move: int) -> bool:
    """Whether nothing waits to be removed; what a bad store refused is due again."""
    ground.record.ask(CLEAN_UPS_ARE_DUE)
    return not ground.record.ask(NOT_CLEANED, move)


@contextmanager
def broker_killed(ground: Ground) -> Iterator[None]:
    ground.broker.kill()
    yield
    ground.broker.start()


@contextmanager
def broker_lost(ground: Ground) -> Iterator[None]:
    ground.broker.kill()
    ground.broker.forget()
    yield
    ground.broker.start()


@contextmanager
def sessions_cut(ground: Ground) -> Iterator[None]:
    ground.record.ask(CUT)
    yield


@contextmanager
def database_restarted(ground: Ground) -> Iterator[None]:
    assert ground.restart_database is not None
    ground.restart_database()
    yield


@contextmanager
def beat_dead(ground: Ground) -> Iterator[None]:
    ground.beat.kill()
    yield
    ground.beat.start()


@contextmanager
def clocks_forward(ground: Ground) -> Iterator[None]:
    """Every lease runs out while its worker lives, and clean-ups come early."""
    ground.record.ask(LEASES_RUN_OUT)
    ground.record.ask(CLEAN_UPS_ARE_DUE)
    yield


@contextmanager
def clocks_wrong(ground: Ground) -> Iterator[None]:
    """Those of half of the workers, by more than a lease."""
    ground.order(**{store.CLOCK: -10 * LEASE})
    yield
    ground.order(**{store.CLOCK: 0})


@contextmanager
def archive_away(ground: Ground) -> Iterator[None]:
    """As a disk that was unmounted: an empty folder stands at its place."""
    renamed = ground.shelves.with_name("away")
    ground.shelves.rename(renamed)
    ground.shelves.mkdir()
    os.sync()
    yield
    # Not where anything came to stand there meanwhile.
    ground.shelves.rmdir()
    renamed.rename(ground.shelves)
    os.sync()


@contextmanager
def power_cut(ground: Ground) -> Iterator[None]:
    """All workers, and the disk with the archive, at one moment."""
    assert ground.disk is not None
    ground.crew.freeze()
    ground.disk.hold()
    ground.crew.kill_all()
    ground.disk.cut()
    yield


def store_trouble(kind: str) -> Fault:
    @contextmanager
    def trouble(ground: Ground) -> Iterator[None]:
        # Only who takes over asks what is there already.
        ground.order(**{kind: EVERY_FILE if kind == store.FORGET else BAD_FILES})
        yield
        ground.order(**{kind: 0})

    return trouble


STORE = {
    f"store: {kind}": kind
    for kind in (
        store.ERROR,
        store.FULL,
        store.HANG,
        store.LIE,
        store.LIE_ONCE,
        store.FORGET,
    )
}
FAULTS: Mapping[str, tuple[Fault, float]] = {
    "child killed": (child_killed, 0.0),
    "main killed": (main_killed, 0.0),
    "group killed": (group_killed, 0.0),
    "child stopped": (child_stopped, LONGER_THAN_LEASE),
    "group stopped": (group_stopped, LONGER_THAN_LEASE),
    "Valkey killed": (broker_killed, 1.5),
    "Valkey emptied": (broker_lost, 1.5),
    "sessions cut": (sessions_cut, 0.0),
    "PostgreSQL restarted": (database_restarted, 0.0),
    "beat dead": (beat_dead, 2.0),
    "clocks forward": (clocks_forward, 0.0),
    CLOCKS_WRONG: (clocks_wrong, LONGER_THAN_LEASE),
    ARCHIVE_AWAY: (archive_away, 3.0),
    POWER_CUT: (power_cut, 0.0),
    "no progress": (no_progress, AFTER_ALL_OTHERS),
    "slept through": (slept_through, AFTER_ALL_OTHERS + 1),
    **{
        name: (
            store_trouble(kind),
            LONGER_THAN_LEASE if kind in {store.HANG, store.FORGET} else 3.0,
        )
        for name, kind in STORE.items()
    },
}
"""By name: what happens, and how many seconds it lasts. Proofs grow old beside."""
