"""What somebody without an account can do to the proxy: too much, and half of it."""

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.containers.engine import Failed
from tests.containers.people import Person
from tests.containers.portal import Portal

HALF_SENT = 20
MEGABYTE = 1024 * 1024
LARGE = 300 * MEGABYTE
SECONDS_TO_ANSWER = 2.0
AT_ONCE = 4
UPLOAD = 31 * MEGABYTE
HEADERS = "POST /inloggen/ HTTP/1.1\r\nHost: {host}\r\n"
BODY = HEADERS + "Content-Length: 5000\r\n\r\nusername="


def try_the_proxy(portal: Portal, values: Mapping[str, str], host: str) -> None:
    port = int(values["PORTAL_HTTPS_PORT"].rpartition(":")[2])
    authority = Path(values["PORTAL_TLS_DIR"]) / "fullchain.pem"
    client = ssl.create_default_context(cafile=str(authority))
    visitor = Person(port, host, authority)

    def connect() -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", port), timeout=30)
        return client.wrap_socket(plain, server_hostname=host)

    with connect() as sent:
        lines = HEADERS + "Content-Length: {size}\r\n\r\n"
        sent.sendall(lines.format(host=host, size=LARGE).encode())
        answer = sent.recv(100).decode().splitlines()[0]
    if " 413 " not in answer:
        raise Failed(f"300 MB to /inloggen/: {answer}")
    portal.say(f"300 MB to /inloggen/: {answer}")
    with ExitStack() as connections:
        for half in (HEADERS, BODY):
            for _ in range(HALF_SENT):
                connections.enter_context(connect()).sendall(
                    half.format(host=host).encode()
                )
            begun = time.monotonic()
            visitor.get("/healthz")
            took = time.monotonic() - begun
            portal.say(
                f"{HALF_SENT} half-sent more: /healthz {visitor.status}, {took:.2f} s"
            )
            if visitor.page != "ok" or took > SECONDS_TO_ANSWER:
                raise Failed(f"/healthz: {visitor.status} after {took:.1f} s")
    _send_too_many(portal, connect, host)
    for inside in ("/readyz", "/metrics"):
        visitor.get(inside)
        if visitor.status != 404:
            raise Failed(f"{inside} is shown outside: {visitor.status}")


def _send_too_many(
    portal: Portal, connect: Callable[[], ssl.SSLSocket], host: str
) -> None:
    """More files at once than the proxy takes of one address."""
    start = (
        f"POST /aanvraag/M-2026-00001/ HTTP/1.1\r\nHost: {host}\r\n"
        f"Content-Length: {UPLOAD}\r\n\r\n"
    ).encode()
    with ExitStack() as connections:
        for _ in range(AT_ONCE):
            connections.enter_context(connect()).sendall(start + bytes(MEGABYTE))
        one_more = connections.enter_context(connect())
        one_more.sendall(start)
        answer = one_more.recv(100).decode().splitlines()[0]
    portal.say(f"one more file than {AT_ONCE} at once: {answer}")
    if " 429 " not in answer:
        raise Failed(f"{AT_ONCE + 1} files at once: {answer}")
