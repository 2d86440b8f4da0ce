"""Starts real processes of the portal on a database, as production does."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.databases import APP, url_of
from migrations_portal.supervisor.account import ourselves
from migrations_portal.supervisor.children import Child, Program
from migrations_portal.supervisor.programs import worker_arguments
from migrations_portal.supervisor.state import CHECKOUT

MAX_START_SECONDS = 60.0
PROCESSES = 2
"""The number of runs that one worker carries out at a time (worker_arguments)."""


@dataclass(frozen=True, slots=True)
class Process:
    child: Child
    log: Path

    @property
    def pid(self) -> int:
        if self.child.process is None:
            raise RuntimeError(f"{self.child.program.name} does not run")
        return self.child.process.pid

    def wait_until(self, words: str) -> None:
        """Wait until the log contains these words."""
        deadline = time.monotonic() + MAX_START_SECONDS
        while words not in (text := self.log.read_text(errors="replace")):
            if self.child.ended() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"never {words!r}: {text[-2000:]}")
            time.sleep(0.05)


@contextmanager
def started(
    name: str, arguments: tuple[str, ...], env: dict[str, str]
) -> Iterator[Process]:
    """Start a process, and end it with all its children."""
    log = Path(env["PORTAL_STATE_DIR"]) / f"{name}-{time.monotonic_ns()}.log"
    log.touch()
    command = [sys.executable, "-m", *arguments]
    program = Program(name, command, env, ourselves(), CHECKOUT, grace=5, log=log)
    process = Process(Child(program), log)
    process.child.start()
    try:
        yield process
    finally:
        process.child.stop()


def env_on(database: str, **more: str) -> dict[str, str]:
    """The environment of a serving process: the app role on this database."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("BENCH_", "DATABASE_"))
    }
    return {**inherited, "DATABASE_URL": url_of(APP, database), **more}


@contextmanager
def worker(database: str, **more: str) -> Iterator[Process]:
    """The worker of production, with the empty task."""
    arguments = tuple(
        "benchmarks.noop" if word == "migrations_portal" else word
        for word in worker_arguments("bench")
    )
    with started("worker", arguments, env_on(database, **more)) as process:
        process.wait_until(" ready.")
        yield process
