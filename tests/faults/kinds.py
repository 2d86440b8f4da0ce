"""Each kind of fault: begun on entry, over on exit."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress

from tests.faults import store
from tests.faults.ground import LEASE, Ground

LONGER_THAN_LEASE = LEASE + 1.5
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
PROOF_GROWS_OLD = """
ALTER TABLE adminmoves_proof DISABLE TRIGGER append_only;
UPDATE adminmoves_proof SET checked_at = checked_at - interval '40 days'
WHERE move_id = ANY(%s);
ALTER TABLE adminmoves_proof ENABLE TRIGGER append_only
"""


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
    **{
        name: (
            store_trouble(kind),
            LONGER_THAN_LEASE if kind in {store.HANG, store.FORGET} else 3.0,
        )
        for name, kind in STORE.items()
    },
}
"""By name: what happens, and how many seconds it lasts. Proofs grow old beside."""
