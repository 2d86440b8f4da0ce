"""A client for the tests: the live addresses, led to this machine."""

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from rehearsal.server import Rehearsal

LOOPBACK = "127.0.0.1"
CLIENT, SECRET = "portal-rehearsal", "portal-rehearsal-secret"
BACK = "http://127.0.0.1:8000/back"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class _Led(http.client.HTTPSConnection):
    """Speaks to a live host's name, and connects to a port of this machine."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        super().__init__(host, context=context, timeout=10)
        self._port, self._trusts = port, context

    def connect(self) -> None:
        plain = socket.create_connection((LOOPBACK, self._port), self.timeout)
        self.sock = self._trusts.wrap_socket(plain, server_hostname=self.host)


class Client:
    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal = rehearsal

    def call(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        body: str | None = None,
        token: str = "",
        headers: Mapping[str, str] | None = None,
        method: str = "",
    ) -> Reply:
        """Call a live address over TLS, trusting the rehearsal's authority alone."""
        parts = urlsplit(url)
        context = ssl.create_default_context(cafile=self.rehearsal.ca_file)
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if form is not None:
            body, sent = urlencode(form), FORM | sent
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = _Led(parts.hostname or "", self.rehearsal.tls_port, context)
        method = method or ("GET" if body is None else "POST")
        return _exchange(connection, method, target, body, sent)

    def page(
        self,
        path: str,
        form: Mapping[str, str | list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """A page of the plain door; with a form it is posted."""
        connection = http.client.HTTPConnection(
            LOOPBACK, self.rehearsal.pages_port, timeout=10
        )
        if form is None:
            return _exchange(connection, "GET", path, None, dict(headers or {}))
        body = urlencode(form, doseq=True)
        return _exchange(connection, "POST", path, body, FORM | dict(headers or {}))

    def command(self, name: str, values: Mapping[str, Any]) -> Reply:
        connection = http.client.HTTPConnection(
            LOOPBACK, self.rehearsal.pages_port, timeout=10
        )
        kind = {"Content-Type": "application/json"}
        path = f"/control/{name}"
        return _exchange(connection, "POST", path, json.dumps(values), kind)

    def control(self, name: str, /, **values: Any) -> Any:
        """Tell the world what to do; what it says of it."""
        reply = self.command(name, values)
        assert reply.status == 200, reply.text
        return reply.json

    def read(self, name: str) -> Any:
        return self.page(f"/control/{name}").json

    def log(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.read("log")
        return rows

    def consent(
        self, authorize: str, organisation: str, left_out: list[str] | None = None
    ) -> dict[str, str]:
        """What the browser brings back after the person allowed it."""
        parts = urlsplit(authorize)
        reply = self.page(
            f"/{parts.hostname}{parts.path}?{parts.query}",
            {
                "organisation": organisation,
                "decision": "allow",
                "left_out": left_out or [],
            },
        )
        assert reply.status == 302, reply.text
        return brought_back(reply)


def brought_back(reply: Reply) -> dict[str, str]:
    """The parameters of the address that the browser is led back to."""
    address = reply.headers["location"]
    assert address.startswith(f"{BACK}?")
    return {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    body: str | None,
    headers: Mapping[str, str],
) -> Reply:
    try:
        connection.request(method, target, body, dict(headers))
        response = connection.getresponse()
        came = response.read()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, headers, came)
    finally:
        connection.close()
