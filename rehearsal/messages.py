"""Requests and answers, apart from any socket."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from urllib.parse import parse_qsl

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"


class Kind(StrEnum):
    """The kind of endpoint of a request; faults are set per kind."""

    CONSENT = auto()
    TOKEN = auto()
    WHO = auto()
    LIST = auto()
    DETAIL = auto()
    ELSEWHERE = auto()


class Delivery(StrEnum):
    """How an answer leaves: whole, or in one of the ways an answer gets lost."""

    WHOLE = auto()
    HANG = auto()
    CUT = auto()
    DROP = auto()
    HUGE = auto()


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    host: str  # lower case, without a port
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names
    body: bytes = b""

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), True))

    @property
    def bearer(self) -> str:
        """The token of the Authorization header, empty where there is none."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


@dataclass(slots=True)
class Answer:
    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE
    delay: float = 0  # seconds before the first byte


def in_json(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    return Answer(status, json.dumps(content).encode(), JSON, dict(headers or {}))


def in_xml(text: str, status: int = 200) -> Answer:
    return Answer(status, text.encode(), XML)


def in_html(text: str, status: int = 200) -> Answer:
    return Answer(status, text.encode(), HTML)


def see_other(address: str) -> Answer:
    return Answer(302, b"", HTML, {"Location": address})
