"""Ports on the loopback address."""

import socket
import time

from migrations_portal.supervisor.refusals import CannotStart

LOOPBACK = "127.0.0.1"
DEFAULT_PORT, LAST_PORT = 8000, 65_535
CANDIDATES = 100
"""Ports that are tried when none is wanted."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Whether something listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def wait_for(port: int, seconds: float) -> bool:
    """Wait until something listens on the port; False when nothing did in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answers(port):
            return True
        time.sleep(0.05)
    return False


def chosen_port(wanted: str) -> int:
    """Return the wanted port, or the first free one from 8000 on; raise CannotStart."""
    if not wanted:
        candidates = range(DEFAULT_PORT, DEFAULT_PORT + CANDIDATES)
        return next(port for port in candidates if is_free(port))
    if not wanted.isdecimal() or not 0 < int(wanted) <= LAST_PORT:
        raise CannotStart(f"PORT must be a number from 1 to 65535, not {wanted!r}.")
    if not _freed(int(wanted)):
        raise CannotStart(
            f"Port {wanted} is taken by another program; choose another one: "
            "make run PORT=8123."
        )
    return int(wanted)


def _freed(port: int, seconds: float = 5) -> bool:
    """Wait until the port is free; return False if it is not in time.

    A program that has just ended may have its port for a moment longer.
    """
    deadline, is_announced = time.monotonic() + seconds, False
    while not is_free(port):
        if time.monotonic() > deadline:
            return False
        if not is_announced:
            print(f"Port {port} is taken; waiting {seconds:.0f} seconds.", flush=True)
            is_announced = True
        time.sleep(0.1)
    return True
