"""Whoever is left by a killed parent ends at once, also where nobody supervises."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from migrations_portal import orphans
from migrations_portal.supervisor import ports
from migrations_portal.supervisor.portal import healthy
from migrations_portal.supervisor.programs import web_arguments, worker_arguments
from migrations_portal.supervisor.state import CHECKOUT
from tests.execution.standstill import until

SECONDS = 3.0


@contextmanager
def started(env: dict[str, str], log: Path, *arguments: str) -> Iterator[int]:
    """A server of ours that nobody supervises; its process."""
    command = [sys.executable, "-m", *arguments]
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=env,
            stdout=out,
            stderr=out,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process.pid
        finally:
            process.kill()
            with_group(process.pid)


def with_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # as it should be


def children_of(pid: int) -> list[int]:
    found = subprocess.run(
        ["pgrep", "-P", str(pid)],  # noqa: S607 - procps is where it is
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(child) for child in found.stdout.split()]


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def killed(parent: int) -> list[int]:
    """Kill the parent; its children, who have to notice."""
    children = children_of(parent)
    assert len(children) > 1
    os.kill(parent, signal.SIGKILL)
    return children


@pytest.mark.workers
def test_children_of_gunicorn_leave_the_port(
    celery_env: dict[str, str], tmp_path: Path
) -> None:
    port = ports.free_port()
    with started(celery_env, tmp_path / "web.log", *web_arguments(port)) as master:
        until(lambda: healthy(port), 60)
        # Each is busy with a request that never ends.
        asking = [socket.create_connection((ports.LOOPBACK, port)) for _ in range(8)]
        for connection in asking:
            connection.sendall(b"GET / HTTP/1.1\r\n")

        children = killed(master)

        until(lambda: not any(lives(child) for child in children), SECONDS)
        assert ports.is_free(port)
        for connection in asking:
            connection.close()


@pytest.mark.workers
def test_children_of_a_worker_end_with_it(
    celery_env: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    with started(celery_env, log, *worker_arguments("alone")) as worker:
        until(lambda: " ready." in log.read_text(), 60)

        children = killed(worker)

        until(lambda: not any(lives(child) for child in children), SECONDS)


@pytest.mark.slow
def test_where_the_system_does_not_tell_a_child_looks_for_itself() -> None:
    """The way of systems other than Linux."""
    code = (
        "import os, sys, time; from migrations_portal import orphans;"
        "child = os.fork();"
        "orphans.watch(os.getppid()) if child == 0 else None;"
        "print(child or os.getpid(), flush=True);"
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(2 * orphans.SECONDS_BETWEEN_LOOKS)
        assert lives(child)
        parent.kill()
        parent.wait()

        until(lambda: not lives(child), SECONDS)
