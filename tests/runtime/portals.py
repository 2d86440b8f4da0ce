"""A whole portal in a checkout of its own, started as a person would start it."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from migrations_portal.supervisor.children import die_with_parent
from migrations_portal.supervisor.installation import APPLICATION
from migrations_portal.supervisor.portal import healthy
from migrations_portal.supervisor.ports import free_port
from migrations_portal.supervisor.state import CHECKOUT

GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
START_SECONDS = 110
"""Of which making the schema takes a good part: 18 seconds of a processor."""
STATE = "from migrations_portal.supervisor import state; print(state.state_folder())"


class Portal:
    """One start of `supervisor run` in a checkout."""

    def __init__(self, checkout: Path, **changes: str) -> None:
        self.checkout = checkout
        self.port = free_port()
        self.log = checkout.parent / "supervisor.log"
        env = {k: v for k, v in os.environ.items() if k not in GIVEN}
        env |= {"PORT": str(self.port), "PORTAL_DEMO": "no", **changes}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                supervisor("run"),
                cwd=checkout,
                env=env,
                stdout=log,
                stderr=log,
                # Were the tests killed, this portal would run on unseen.
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - one call, as in children.py
            )

    def wait_until_it_serves(self) -> None:
        wait_until(lambda: healthy(self.port) and self.announced(), self.text)

    def is_ready(self) -> bool:
        """All of it works: a database that recovers from a crash still refuses."""
        return healthy(self.port, "readyz")

    def announced(self) -> bool:
        assert self.process.poll() is None, self.text()
        return f"http://127.0.0.1:{self.port}/" in self.text()

    def text(self) -> str:
        return self.log.read_text()

    def interrupt(self) -> int:
        """Press Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def shell(self, code: str) -> str:
        """What a line of Django's shell prints on the running portal's servers."""
        done = subprocess.run(
            supervisor("manage", "shell", "--no-imports", "-c", code),
            cwd=self.checkout,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def children(self) -> dict[int, str]:
        """All processes below the supervisor, with their command lines."""
        return descendants(self.process.pid)


def supervisor(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "migrations_portal.supervisor", *arguments]


def make_checkout(folder: Path) -> Path:
    """A copy of the application, which has a state folder of its own."""
    checkout = folder / "checkout"
    checkout.mkdir()
    for part in APPLICATION:
        if (CHECKOUT / part).is_dir():
            shutil.copytree(CHECKOUT / part, checkout / part)
        elif (CHECKOUT / part).exists():
            shutil.copy2(CHECKOUT / part, checkout / part)
    return checkout


def state_of(checkout: Path) -> Path:
    answer = subprocess.run(
        [sys.executable, "-c", STATE],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(answer.stdout.strip())


@contextlib.contextmanager
def a_checkout(folder: Path) -> Iterator[Path]:
    checkout = make_checkout(folder)
    yield checkout
    shutil.rmtree(state_of(checkout))


@contextlib.contextmanager
def a_portal(checkout: Path) -> Iterator[Portal]:
    """A portal that serves; stopped at the end when the test did not do it."""
    portal = Portal(checkout)
    try:
        portal.wait_until_it_serves()
        yield portal
    finally:
        if portal.process.poll() is None:
            portal.interrupt()


def descendants(root: int) -> dict[int, str]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(after_name[1])
    found: list[int] = [root]
    for parent in found:
        found += [pid for pid, above in parents.items() if above == parent]
    return {pid: command_line(pid) for pid in found[1:]}


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    except OSError:
        return ""


def environment(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def alive(pids: dict[int, str]) -> list[str]:
    """Those of the processes that still run the same command."""
    return [line for pid, line in pids.items() if line and command_line(pid) == line]


def wait_until(
    holds: Callable[[], bool],
    explain: Callable[[], str],
    seconds: float = START_SECONDS,
) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.1)
