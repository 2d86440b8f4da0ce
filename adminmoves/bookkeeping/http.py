"""HTTP to a package, with the same safety rules for all packages.

Only known hosts, paths and methods; TLS always verified; no redirects; a limit on the
size and the time of an answer. In the rehearsal profile the same addresses are asked
at loopback, and only the certificate authority of the rehearsal is trusted.
"""

import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import SplitResult, urlsplit

import urllib3
from django.conf import settings

from adminmoves.bookkeeping.answers import NoAnswer, unreadable
from adminmoves.bookkeeping.bodies import MOST_BYTES, decoded
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.vocabulary import Verdict

SECONDS_TO_CONNECT = 10.0
SECONDS_TO_READ = 30.0
BLOCK_BYTES = 64 * 1024
SUCCESSES, REDIRECTS = range(200, 300), range(300, 400)
Watch = Callable[[socket.socket], None]


@dataclass(frozen=True, slots=True)
class AllowedEndpoint:
    """A method, and patterns of the whole host and the whole path, that are allowed."""

    method: str
    host: str
    path: str

    def admits(self, method: str, url: SplitResult) -> bool:
        return bool(
            method == self.method
            and re.fullmatch(self.host, host_in(url))
            and re.fullmatch(self.path, url.path, re.IGNORECASE)
        )


def host_in(url: SplitResult) -> str:
    """The host of an address in lower case, without the port of HTTPS."""
    # A user or another port stays in it, and then matches no AllowedEndpoint.
    return url.netloc.lower().removesuffix(":443")


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status, headers by their lower-case names, and the body as text."""

    status: int
    headers: Mapping[str, str]
    text: str


class Sender(Protocol):
    """Sends a request and returns its answer. Raises NoAnswer."""

    def send(self, request: Request) -> HttpAnswer: ...


class HttpClient:
    """Sends requests to the given endpoints, for ``seconds`` in total."""

    def __init__(self, endpoints: Sequence[AllowedEndpoint], seconds: float) -> None:
        self._endpoints = endpoints
        self._deadline = time.monotonic() + seconds
        self._pools: dict[str, urllib3.HTTPSConnectionPool] = {}
        self._alarms: list[Timer] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for pool in self._pools.values():
            pool.close()
        for alarm in self._alarms:
            alarm.cancel()

    @property
    def seconds_left(self) -> float:
        return self._deadline - time.monotonic()

    def within(self, seconds: float) -> "HttpClient":
        """Another one with the same endpoints and less time."""
        return HttpClient(self._endpoints, min(seconds, self.seconds_left))

    def send(self, request: Request) -> HttpAnswer:
        """Return the answer, whatever its status; a refusal may lack part of its body.

        Raises NoAnswer: CONFIG_ERROR for an address that is not allowed, UNAVAILABLE
        for a redirect, or without a readable answer in time.
        """
        url = urlsplit(request.url)
        admitted = any(
            endpoint.admits(request.method, url) for endpoint in self._endpoints
        )
        if url.scheme != "https" or not admitted:
            raise NoAnswer(Verdict.CONFIG_ERROR, FailureReason.ADDRESS_NOT_ALLOWED)
        if self.seconds_left <= 0:
            raise NoAnswer(Verdict.UNAVAILABLE, FailureReason.TIMEOUT)
        try:
            answer = self._send(request, url)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._trouble(error) from error
        if answer.status in REDIRECTS:
            raise NoAnswer(Verdict.UNAVAILABLE, FailureReason.REDIRECT)
        return answer

    def _trouble(self, error: Exception) -> NoAnswer:
        late = isinstance(error, urllib3.exceptions.TimeoutError)
        if late or self.seconds_left <= 0:
            return NoAnswer(Verdict.UNAVAILABLE, FailureReason.TIMEOUT)
        if isinstance(error, urllib3.exceptions.SSLError):
            return NoAnswer(Verdict.UNAVAILABLE, FailureReason.CERTIFICATE)
        return NoAnswer(Verdict.UNAVAILABLE, FailureReason.CONNECTION, again=True)

    def _send(self, request: Request, url: SplitResult) -> HttpAnswer:
        left = max(self.seconds_left, 0.1)
        response = self._pool(url).request(
            request.method,
            url.path + (f"?{url.query}" if url.query else ""),
            body=request.body,
            headers={
                "Host": host_in(url),
                "Accept-Encoding": "identity",
                "User-Agent": "Migratieportaal",
                **request.headers,
            },
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=False,
            timeout=urllib3.Timeout(
                connect=min(SECONDS_TO_CONNECT, left), read=min(SECONDS_TO_READ, left)
            ),
        )
        headers = {name.lower(): value for name, value in response.headers.items()}
        body = bytearray()
        try:
            self._read(response, body)
            text = decoded(bytes(body), headers)
        except (urllib3.exceptions.HTTPError, OSError, NoAnswer):
            # The status of a refusal is enough; its body may be cut off or unreadable.
            if response.status in SUCCESSES:
                raise
            text = body.decode("utf-8", "replace")
        finally:
            response.close()
        return HttpAnswer(response.status, headers, text)

    def _read(self, response: urllib3.BaseHTTPResponse, body: bytearray) -> None:
        """Read the body. Raises NoAnswer when it is too large or too late."""
        while part := response.read1(BLOCK_BYTES):
            body += part
            if len(body) > MOST_BYTES:
                raise unreadable(FailureReason.TOO_LARGE)
        if self.seconds_left <= 0:
            # We cut the connection ourselves, so what came may be only a part.
            raise NoAnswer(Verdict.UNAVAILABLE, FailureReason.TIMEOUT)

    def _pool(self, url: SplitResult) -> urllib3.HTTPSConnectionPool:
        host = host_in(url)
        if host not in self._pools:
            self._pools[host] = _open_pool(url, self._watch)
        return self._pools[host]

    def _watch(self, connection: socket.socket) -> None:
        """Cut the connection at the deadline."""
        # The read timeout of a socket begins anew with every byte that drips in.
        alarm = Timer(max(self.seconds_left, 0), partial(_cut, connection))
        alarm.daemon = True
        alarm.start()
        self._alarms.append(alarm)


class _Connection(urllib3.connection.HTTPSConnection):
    """Hands its socket to ``watch`` once it is connected."""

    def __init__(self, *args: Any, watch: Watch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._watch = watch

    def connect(self) -> None:
        super().connect()
        self._watch(self.sock)


class _Pool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Connection


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        # On the socket below TLS, since another thread is reading through TLS.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _open_pool(url: SplitResult, watch: Watch) -> urllib3.HTTPSConnectionPool:
    host = url.hostname or ""
    if settings.PORTAL_ENDPOINT_PROFILE != "rehearsal":
        context = ssl.create_default_context()
        return _Pool(
            host,
            url.port or 443,
            maxsize=1,
            ssl_context=context,
            watch=watch,
        )
    address, port = settings.PORTAL_REHEARSAL.rsplit(":", 1)
    authority = Path(settings.PORTAL_REHEARSAL_CA).read_text(encoding="ascii")
    return _Pool(
        address,
        int(port),
        maxsize=1,
        ssl_context=ssl.create_default_context(cadata=authority),
        server_hostname=host,
        assert_hostname=host,
        watch=watch,
    )


def page_address(url: str) -> str:
    """The address at which a person's browser opens a page of a package."""
    # The rehearsal serves its pages over plain HTTP at loopback: no browser trusts its
    # certificate authority.
    if settings.PORTAL_ENDPOINT_PROFILE != "rehearsal":
        return url
    return f"{settings.PORTAL_REHEARSAL_PAGES}/{url.removeprefix('https://')}"
