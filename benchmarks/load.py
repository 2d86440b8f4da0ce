"""(e) The home list under gunicorn, as the portal runs it, against a bare page."""

import socket
import threading
import time
from contextlib import ExitStack
from typing import Self

from benchmarks.asking import HOME
from benchmarks.processes import MAX_START_SECONDS, env_on, started
from migrations_portal.supervisor.ports import LOOPBACK, free_port, wait_for
from migrations_portal.supervisor.programs import web_arguments

CONNECTIONS = 8
MAX_ANSWER_SECONDS = 30.0


def home_list(
    database: str, session: str, sizes: dict[str, int]
) -> dict[str, list[float]]:
    """Requests per second, in turn, per round."""
    raw: dict[str, list[float]] = {"list_per_s": [], "bare_per_s": []}
    served = (
        ("list_per_s", "migrations_portal.wsgi", "migrations_portal.settings", HOME),
        ("bare_per_s", "benchmarks.page.wsgi", "benchmarks.page.settings", "/"),
    )
    with ExitStack() as stack:
        ports = {}
        for name, wsgi, settings, _address in served:
            ports[name] = free_port()
            arguments = tuple(
                wsgi if word == "migrations_portal.wsgi" else word
                for word in web_arguments(ports[name])
            )
            env = env_on(database, DJANGO_SETTINGS_MODULE=settings)
            stack.enter_context(started(name, arguments, env))
        for name, _wsgi, _settings, address in served:
            if not wait_for(ports[name], MAX_START_SECONDS):
                raise RuntimeError(f"{name} did not start")
            per_second(ports[name], address, session, 1.0)
        for _round in range(sizes["load_rounds"]):
            for name, _wsgi, _settings, address in served:
                rate = per_second(ports[name], address, session, sizes["seconds"])
                raw[name].append(rate)
    return raw


def per_second(port: int, address: str, session: str, seconds: float) -> float:
    """Answers per second over open connections, each asking again at once."""
    counts = [0] * CONNECTIONS
    faults: list[str] = []
    until = time.monotonic() + seconds

    def keep_asking(number: int) -> None:
        try:
            with OpenConnection(port, address, session) as connection:
                while time.monotonic() < until:
                    connection.ask()
                    counts[number] += 1
        except (OSError, ValueError) as fault:
            faults.append(str(fault))

    threads = [
        threading.Thread(target=keep_asking, args=(n,)) for n in range(CONNECTIONS)
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(f"{address}: {faults[0]}")
    return sum(counts) / (time.monotonic() - began)


class OpenConnection:
    """A connection that stays open, as those of a proxy in front of the portal do."""

    def __init__(self, port: int, address: str, session: str) -> None:
        self.socket = socket.create_connection((LOOPBACK, port), MAX_ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = (
            f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: sessionid={session}\r\n\r\n"
        ).encode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.socket.close()

    def ask(self) -> None:
        """Make one request and read its answer; raise ValueError if it is no page."""
        self.socket.sendall(self.request)
        answer = bytearray()
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._more()
        head = bytes(answer[:end]).lower()
        if not head.startswith(b"http/1.1 200"):
            raise ValueError(head[:200].decode(errors="replace"))
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        left = length - (len(answer) - end - 4)
        while left > 0:
            left -= len(self._more())

    def _more(self) -> bytes:
        got = self.socket.recv(65536)
        if not got:
            raise ValueError("the connection was closed")
        return got
