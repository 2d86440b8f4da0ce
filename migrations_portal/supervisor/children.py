"""Starts child processes in their own group, watches them and stops them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from migrations_portal.supervisor.account import Account

PR_SET_PDEATHSIG = 1
MAX_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Program:
    """A command with its account, its folder and the signals that stop it."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    account: Account
    folder: Path
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    grace: float = 30.0
    log: Path | None = None


@dataclass(slots=True)
class Child:
    """A running program, which is started again when it dies."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.5
    again_at: float = field(default=0.0)

    def start(self) -> None:
        program = self.program
        log = program.log.open("ab") if program.log else None
        try:
            self.process = subprocess.Popen(
                program.command,
                **program.account.identity(),
                env=dict(program.env),
                cwd=program.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(program.orphan_signal),  # noqa: PLW1509 - one thread, so safe
            )
        finally:
            if log:
                log.close()
        self.started = time.monotonic()

    def watch(self) -> None:
        """Start the program again if it died, after a pause that grows."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            code = self.process.returncode
            self.end_group()
            self.process = None
            steady = now - self.started > STEADY_SECONDS
            self.pause = 0.5 if steady else min(self.pause * 2, MAX_PAUSE_SECONDS)
            self.again_at = now + self.pause
            name = self.program.name
            print(f"{name} stopped ({code}); it is started again.", file=sys.stderr)
        if self.process is None and now >= self.again_at:
            self.start()

    def ended(self) -> int | None:
        """The exit code, or None while the program runs."""
        return self.process.poll() if self.process else None

    def stop(self) -> None:
        """Ask the program to stop, then kill the rest of its group."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.program.stop_signal)
            try:
                self.process.wait(self.program.grace)
            except subprocess.TimeoutExpired:
                self.end_group()
                self.process.wait()
        self.end_group()
        self.process = None

    def end_group(self) -> None:
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return  # nobody of the group is left


def die_with_parent(orphan_signal: signal.Signals) -> Callable[[], None] | None:
    """Return a preexec function by which Linux ends the child with its parent."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, int(orphan_signal))
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def leftover_ended(pid_file: Path, seconds: float = 20) -> bool:
    """Wait until the server of a killed supervisor ends; return False if it does not.

    After kill -9 of the supervisor PostgreSQL takes a moment to stop. After a restart
    of the machine another process may have its number; then the file is removed.
    """
    deadline, has_signalled = time.monotonic() + seconds, False
    while pid_file.exists():
        number = pid_file.read_text().split("\n", 1)[0]
        if not _runs_in(number, pid_file.parent):
            pid_file.unlink(missing_ok=True)
            return True
        if time.monotonic() > deadline:
            return False
        if not has_signalled:
            print(
                f"PostgreSQL of an earlier start is still there (process {number}); "
                "it is asked to stop, and waited for.",
                flush=True,
            )
            _ask_to_stop(int(number))
            has_signalled = True
        time.sleep(0.1)
    return True


def _ask_to_stop(number: int) -> None:
    """Ask for a fast shutdown, in which sessions end and no data is lost."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(number, signal.SIGINT)


def _runs_in(number: str, folder: Path) -> bool:
    """Whether the process is PostgreSQL on this folder, as far as it can be known."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{number}/cwd").readlink() == folder
        except OSError:
            return False
    command = subprocess.run(
        ["/bin/ps", "-o", "comm=", "-p", number],
        capture_output=True,
        text=True,
        check=False,
    )
    return command.stdout.strip().endswith("postgres")
