"""The two servers of the world: the packages over TLS, and pages for a browser."""

import json
import select
import socket
import ssl
import sys
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from rehearsal.certificates import LOOPBACK, ensure_certificates
from rehearsal.faults import ELSEWHERE
from rehearsal.journal import Entry
from rehearsal.messages import Answer, Delivery, Request
from rehearsal.pages import Pages
from rehearsal.switchboard import Switchboard
from rehearsal.world import Estate, World

HOSTS = (
    "login.twinfield.com",
    "*.twinfield.com",
    *(f"api.accounting{number}.twinfield.com" for number in range(1, 10)),
    *(f"start.exactonline.{end}" for end in ("nl", "be", "de", "co.uk", "fr", "es")),
    "start.exactonline.com",
    "api.multivers.nl",
    "sandbox-api.multivers.nl",
    "api.boekhoudgemak.nl",
    "sandbox-api.boekhoudgemak.nl",
    "api.online.unit4.nl",
    "sandbox.api.online.unit4.nl",
    "multivers.voorbeeld.example",
    "www.accountview.net",
    "localhost",
    ELSEWHERE,
)
MAX_SILENT_SECONDS = 60
MAX_BODY_BYTES = 1_000_000
CHUNK = b" " * 65_536
HUGE_BYTES = 800 * len(CHUNK)  # some 50 MB

Respond = Callable[[Request], tuple[Answer, Entry | None]]


class Rehearsal:
    """The made-up world with both servers; port 0 takes a free one."""

    def __init__(
        self,
        state_dir: Path,
        estate: Estate = (),
        *,
        tls_port: int = 0,
        pages_port: int = 0,
    ) -> None:
        state_dir.mkdir(parents=True, exist_ok=True)
        self.world = World(state_dir / "estate.json", estate)
        self.switchboard = Switchboard(self.world)
        self.pages = Pages(self.switchboard)
        hosts = {each.host for each in self.world.organisations.values() if each.host}
        self.ca_file, server_file = ensure_certificates(state_dir, hosts | {*HOSTS})
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(server_file)
        self._tls = LoopbackServer(tls_port, self.switchboard.answer, context)
        self._plain = LoopbackServer(pages_port, self.pages.answer)
        self._ports_file = state_dir / "ports.json"

    @property
    def tls_port(self) -> int:
        return self._tls.server_port

    @property
    def pages_port(self) -> int:
        return self._plain.server_port

    def start(self) -> None:
        ports = {"tls": self.tls_port, "pages": self.pages_port}
        draft = self._ports_file.with_suffix(".new")
        draft.write_text(json.dumps(ports))
        draft.replace(self._ports_file)
        self._tls.open()
        self._plain.open()

    def stop(self) -> None:
        self._tls.shut()
        self._plain.shut()


class LoopbackServer(ThreadingHTTPServer):
    """A server on loopback that can be shut while calls hang."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self, port: int, respond: Respond, context: ssl.SSLContext | None = None
    ) -> None:
        super().__init__((LOOPBACK, port), Handler)
        self.respond = respond
        self.shutting = Event()
        self._context = context
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        self._thread = Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    def open(self) -> None:
        self._thread.start()

    def shut(self) -> None:
        """Stop listening and cut what is still connected."""
        self.shutting.set()
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        self.server_close()
        with self._lock:
            for connection in self._open:
                cut(connection)

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """A connection whose handshake waits for the thread that will serve it."""
        connection, address = super().get_request()
        connection.settimeout(MAX_SILENT_SECONDS)
        if self._context is not None:
            connection = self._context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        cut(request)
        request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is what the faults are for; anything else is told."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Rehearsal"
    sys_version = ""
    timeout = MAX_SILENT_SECONDS
    server: LoopbackServer

    def serve(self) -> None:
        answer, entry = self.server.respond(self._request())
        sent = False
        try:
            self._wait(answer)
            if entry is not None and answer.delivery is Delivery.WHOLE:
                # Before it leaves: whoever has read it may call again at once.
                entry.close(answer.status)
            sent = self._send(answer)
        finally:
            if entry is not None and not (sent and entry.end):
                entry.close(answer.status if sent else 0)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = serve  # noqa: N815 - names that http.server calls

    def log_message(self, *_arguments: object) -> None:
        """Nothing: addresses hold tokens. The journal tells what was called."""

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        length = min(int(self.headers.get("Content-Length") or 0), MAX_BODY_BYTES)
        host = self.headers.get("Host", "").rsplit(":", 1)[0].lower()
        return Request(
            method=self.command,
            host=host,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )

    def _wait(self, answer: Answer) -> None:
        if answer.delay:
            self.server.shutting.wait(answer.delay)
        if answer.delivery is Delivery.HANG:
            self._hang()

    def _send(self, answer: Answer) -> bool:
        """Send it as it is to leave; whether all of it was sent."""
        if answer.delivery in (Delivery.HANG, Delivery.DROP):
            self.close_connection = True
            return False
        length = HUGE_BYTES if answer.delivery is Delivery.HUGE else len(answer.body)
        self._head(answer, length)
        if answer.delivery is Delivery.HUGE:
            for _ in range(HUGE_BYTES // len(CHUNK)):
                self.wfile.write(CHUNK)
        if answer.delivery is Delivery.CUT:
            self.wfile.write(answer.body[: length // 2])
            self.close_connection = True
            return False
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        return True

    def _head(self, answer: Answer, length: int) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(length))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _hang(self) -> None:
        """Say nothing until the other side gives up or the server is shut."""
        while not self.server.shutting.is_set():
            if select.select([self.connection], [], [], 0.1)[0]:
                return


def cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
