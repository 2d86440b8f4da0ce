"""What a round stands on: workers, beat, Valkey, the database and a bad store."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from psycopg2 import extensions

from tests.archive.power import Image
from tests.faults import store
from tests.faults.crew import Crew
from tests.faults.record import Record
from tests.servers import Broker, Process

LEASE = 6
"""Seconds that a silent worker keeps a run, in a round."""
SETTINGS = {
    "PORTAL_LEASE_SECONDS": str(LEASE),
    "PORTAL_SWEEP_SECONDS": "1",
    "PORTAL_DRAIN_SECONDS": "20",
    "PORTAL_MAX_TAKEOVERS": "2",
    "PORTAL_ARCHIVE_STORE": "tests.faults.store.FaultyStore",
}
WORKERS = 3


class Beat:
    """A real beat, which can be killed and started again."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env, self.started = dict(env), 0
        self.process = self._start()

    def kill(self) -> None:
        self.process.end()

    def start(self) -> None:
        self.process = self._start()

    def _start(self) -> Process:
        self.started += 1
        name = f"beat{self.started}"
        options = ["beat", "--loglevel=INFO"]
        process = Process(name, options, self.env)
        process.wait_until("beat: Starting", seconds=90)
        return process


@dataclass
class Ground:
    """All that a fault can happen to."""

    crew: Crew
    beat: Beat
    broker: Broker
    record: Record
    shelves: Path
    restart_database: Callable[[], None] | None = None
    disk: Image | None = None
    """That the archive lies on, where this machine can mount one."""
    give_up: Callable[[int], None] | None = None
    """What a person does who wants a run to end, and the move withdrawn."""
    orders: dict[str, int] = field(default_factory=lambda: {store.SLOW: 4})

    def order(self, **changes: int) -> None:
        """Tell the store what to do besides; 0: not any more."""
        self.orders |= changes
        store.order(self.shelves, self.orders)


@contextmanager
def made_ground(
    env: Mapping[str, str],
    broker: Broker,
    connect: Callable[[], extensions.connection],
    shelves: Path,
    chance: random.Random,
    restart_database: Callable[[], None] | None = None,
) -> Iterator[Ground]:
    """``env`` and ``shelves`` belong together; ``connect`` as the owner."""
    env = {**env, **SETTINGS, "PORTAL_ARCHIVE_DIR": str(shelves)}
    record = Record(connect)
    crew = Crew(WORKERS, env, record, chance)
    beat = Beat(env)
    ground = Ground(crew, beat, broker, record, shelves, restart_database)
    ground.order()
    try:
        yield ground
    finally:
        crew.end()
        beat.kill()
        record.close()
