"""A server on loopback that sends, byte for byte, what a test tells it to."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from rehearsal.certificates import LOOPBACK, ensure_certificates

Respond = Callable[[ssl.SSLSocket, Event], None]
HOST = "login.twinfield.com"


class Crooked:
    """``respond`` answers each request; ``met`` counts the handshakes begun."""

    def __init__(self, folder: Path, respond: Respond) -> None:
        self.ca_file, server_file = ensure_certificates(folder, {HOST})
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(server_file)
        self._door = socket.create_server((LOOPBACK, 0))
        self._respond = respond
        self.met = 0
        self.stopped = Event()
        self._thread = Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self._door.getsockname()[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.stopped.set()
        # Wakes the thread that waits for somebody to come.
        with suppress(OSError), socket.create_connection(self._door.getsockname()):
            pass
        self._thread.join()
        self._door.close()

    def _serve(self) -> None:
        while True:
            plain, _where = self._door.accept()
            if self.stopped.is_set():
                plain.close()
                return
            self.met += 1
            with suppress(OSError):
                self._answer(plain)
            plain.close()

    def _answer(self, plain: socket.socket) -> None:
        with self._context.wrap_socket(plain, server_side=True) as connection:
            connection.recv(65_536)
            self._respond(connection, self.stopped)


@contextmanager
def crooked(folder: Path, respond: Respond) -> Iterator[Crooked]:
    server = Crooked(folder, respond)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def sending(*parts: bytes) -> Respond:
    def respond(connection: ssl.SSLSocket, _stopped: Event) -> None:
        for part in parts:
            connection.sendall(part)

    return respond


def dripping(start: bytes, drop: bytes) -> Respond:
    """A drop every fifth of a second, for as long as somebody listens."""

    def respond(connection: ssl.SSLSocket, stopped: Event) -> None:
        connection.sendall(start)
        while not stopped.wait(0.2):
            connection.sendall(drop)

    return respond
