"""The workers of a round. Who is killed is replaced, as a supervisor does."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress

from tests.execution.standstill import until
from tests.faults.record import Record
from tests.servers import Process

HOLDERS = """
SELECT worker FROM adminmoves_attempt
WHERE ended_at IS NULL AND worker <> '' ORDER BY heartbeat_at DESC
"""
NO_VALKEY = "Cannot connect to redis"
SECONDS_TO_START = 90
SECONDS_TO_FIND = 1.0
"""So long is waited for somebody who holds a run, before anybody is taken."""


class Crew:
    """Real Celery workers with prefork pools, of which one at least is let be."""

    def __init__(
        self, size: int, env: Mapping[str, str], record: Record, chance: random.Random
    ) -> None:
        self.env, self.record, self.chance = dict(env), record, chance
        self.working: list[Process] = []
        self.paused: list[Process] = []
        self._gone: list[Process] = []
        self._started = 0
        for _ in range(size):
            self.hire()
        until(lambda: len(self.able()) == size, SECONDS_TO_START)

    def hire(self) -> None:
        self._started += 1
        name = f"worker{self._started}"
        arguments = [
            "worker", "-Q", "celery,asks", "--pool=prefork", "--concurrency=2",
            f"--hostname={name}@localhost", "--loglevel=INFO",
            "--without-gossip", "--without-mingle",
        ]  # fmt: skip
        self.working.append(Process(name, arguments, self.env))

    def able(self) -> list[Process]:
        """Who is up and not paused. Who waits for Valkey is up: were it waited for,
        two faults of one draw would wait for each other."""
        return [
            process
            for process in self.working
            if process not in self.paused
            and (" ready." in (text := process.text()) or NO_VALKEY in text)
        ]

    def chosen(self) -> tuple[Process, int]:
        """A worker and a child of its pool, rather one that holds a run.

        Another one stays able, so that there is somebody who can take over.
        """
        until(lambda: len(self.able()) > 1, SECONDS_TO_START)
        deadline = time.monotonic() + SECONDS_TO_FIND
        while True:
            families = {pid: one for one in self.able() for pid in children_of(one)}
            holders = [pid for pid in self._holders() if pid in families]
            if holders or (families and time.monotonic() > deadline):
                child = holders[0] if holders else self.chance.choice(sorted(families))
                return families[child], child
            time.sleep(0.02)

    def kill_child(self) -> None:
        _worker, child = self.chosen()
        os.kill(child, signal.SIGKILL)

    def kill_main(self) -> None:
        """Its children are orphans then, and end what they are at."""
        worker, _child = self.chosen()
        os.kill(worker.pid, signal.SIGKILL)
        self._replace(worker)

    def kill_group(self) -> None:
        worker, _child = self.chosen()
        worker.kill()
        self._replace(worker)

    def freeze(self) -> None:
        """Let nobody do anything any more, wherever they are."""
        for worker in self.working:
            os.killpg(worker.pid, signal.SIGSTOP)

    def kill_all(self) -> None:
        for worker in list(self.working):
            worker.kill()
            self._replace(worker)
        self.paused.clear()

    def kill(self, child: int) -> None:
        """This one, if it is of the crew and still there."""
        if any(child in children_of(worker) for worker in self.working):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def end(self) -> None:
        for process in (*self.working, *self._gone):
            process.end()

    def _replace(self, worker: Process) -> None:
        self.working.remove(worker)
        self._gone.append(worker)
        self.hire()

    def _holders(self) -> list[int]:
        """The processes that hold a run, the newest first; their id ends the name."""
        return [int(name.rsplit("/")[-1]) for (name,) in self.record.ask(HOLDERS)]


def children_of(process: Process) -> set[int]:
    found = subprocess.run(
        ["pgrep", "-P", str(process.pid)],  # noqa: S607 - procps is where it is
        capture_output=True,
        text=True,
        check=False,
    )
    return {int(pid) for pid in found.stdout.split()}
