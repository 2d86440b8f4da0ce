"""Faults of a package, on request: for some calls or until cleared."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Any

from rehearsal.messages import (
    JSON,
    XML,
    Answer,
    Delivery,
    Kind,
    in_html,
    in_json,
    in_xml,
    see_other,
)
from rehearsal.world import Package

EVERY = frozenset({Kind.TOKEN, Kind.WHO, Kind.LIST, Kind.DETAIL})
LISTS = frozenset({Kind.LIST})
READS = frozenset({Kind.LIST, Kind.DETAIL})
ANSWERS = frozenset({Kind.WHO, Kind.LIST, Kind.DETAIL})
# Each fault, and the endpoints it can befall.
FAULTS: Mapping[str, frozenset[Kind]] = {
    "slow": EVERY,
    "hang": EVERY,
    "cut": EVERY,
    "html": EVERY,
    "unauthorised": EVERY,
    "unauthorised_html": EVERY,
    "forbidden": EVERY,
    "too_many": EVERY,
    "server_error": EVERY,
    "huge": EVERY,
    "doctype": EVERY,
    "redirect": EVERY,
    "empty": EVERY,
    "answer": EVERY,
    "gzip": EVERY,
    "forget": LISTS,
    "lie": LISTS,
    "dup": LISTS,
    "twice": LISTS,
    "control": LISTS,
    "lone": ANSWERS,
    "no_refresh": frozenset({Kind.TOKEN}),
    "token_error": frozenset({Kind.TOKEN}),
    "without_claim": frozenset({Kind.WHO}),
    "outside_consent": READS,
    "soap_fault": READS,
    "business_error": READS,
    "wrong_cluster": READS,
    "scope_violated": READS,
    "next_elsewhere": LISTS,
    "error_in_200": READS,
}
OF_ONE_PACKAGE: Mapping[str, Package] = {
    "soap_fault": Package.TWINFIELD,
    "business_error": Package.TWINFIELD,
    "wrong_cluster": Package.TWINFIELD,
    "without_claim": Package.TWINFIELD,
    "outside_consent": Package.EXACT_ONLINE,
    "scope_violated": Package.EXACT_ONLINE,
    "next_elsewhere": Package.EXACT_ONLINE,
    "error_in_200": Package.ACCOUNTVIEW,
}
ELSEWHERE = "evil.example"
BAD_GATEWAY = 502
FORBIDDEN = 403
MAINTENANCE = """<!DOCTYPE html>
<html lang="nl"><head><title>Onderhoud</title></head>
<body><h1>Even geduld</h1><p>Wij zijn één moment weg: onderhoud.</p></body></html>"""
OBJECT_MOVED = """<html><head><title>Object moved</title></head><body>
<h2>Object moved to <a href="/docs/Login.aspx">here</a>.</h2></body></html>"""
BOMB = """<?xml version="1.0"?>
<!DOCTYPE offices [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/hostname">]>
<offices result="1"><office name="&c;">&d;</office></offices>"""


@dataclass(slots=True)
class Fault:
    name: str
    organisation: str = ""  # a key; empty: any
    host: str = ""  # empty: any
    kind: str = "any"
    times: int | None = None  # None: until cleared
    options: dict[str, Any] = field(default_factory=dict)

    def befalls(self, organisation: str, host: str, kind: Kind) -> bool:
        return (
            self.organisation in ("", organisation)
            and self.host in ("", host)
            and self.kind in ("any", kind)
            and kind in FAULTS[self.name]
        )


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self, organisation: str = "") -> None:
        with self._lock:
            self._faults = [
                fault
                for fault in self._faults
                if organisation and fault.organisation != organisation
            ]

    def rows(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def take(self, organisation: str, host: str, kind: Kind) -> Fault | None:
        """The oldest fault that befalls this call; one fewer is left of it."""
        with self._lock:
            for fault in self._faults:
                if fault.befalls(organisation, host, kind):
                    break
            else:
                return None
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
            return fault


Refuse = Callable[[int, str], Answer]  # a status and a reason, in the package's shape


def instead(fault: Fault, refuse: Refuse, *, after: dict[str, str]) -> Answer | None:
    """The answer of a fault; None where the call is carried out.

    `after` are the headers with which the package says when to come back.
    """
    options = fault.options
    if fault.name == "too_many":
        answer = refuse(429, "")
        answer.headers |= after
        return answer
    if fault.name == "forbidden":
        return refuse(403, str(options.get("reason", "")))
    if fault.name == "unauthorised":
        return refuse(401, "")
    if fault.name == "server_error":
        return _server_error(int(options.get("status", 503)), refuse)
    if fault.name == "outside_consent":
        return outside_consent()
    fixed = FIXED.get(fault.name)
    return fixed(options) if fixed else None


def _set_headers(options: Mapping[str, Any], answer: Answer) -> None:
    """`header`: one "Name: value", or a list of them. `charset`: of the body."""
    header = options.get("header", ())
    for line in [header] if isinstance(header, str) else header:
        name, _, value = str(line).partition(":")
        answer.headers[name.strip()] = value.strip()
    if "retry_after" in options:
        answer.headers["Retry-After"] = str(options["retry_after"])
    if "charset" in options:
        answer.body = answer.body.decode().encode(str(options["charset"]))


def _any_answer(options: Mapping[str, Any]) -> Answer:
    """Whatever somebody recorded: status, type and body, word by word."""
    return Answer(
        int(options.get("status", 200)),
        str(options.get("body", "")).encode(),
        str(options.get("content_type", JSON)),
    )


def _token_error(options: Mapping[str, Any]) -> Answer:
    """A refusal of a token endpoint with the error and status that are told."""
    error = str(options.get("error", "invalid_request"))
    content = {
        "error": error,
        "error_description": str(options.get("description", error)),
    }
    return in_json(content, int(options.get("status", 400)))


def outside_consent() -> Answer:
    """Exact: the division that the user has in use was not ticked at the consent."""
    words = "Division is not part of the consent of this user."
    content = {"error": {"code": "", "message": {"lang": "", "value": words}}}
    return in_json(content, FORBIDDEN)


def _server_error(status: int, refuse: Refuse) -> Answer:
    """A gateway answers for itself, a program in the package's shape."""
    if status < BAD_GATEWAY:
        return refuse(status, "")
    return in_html(f"<html><body><h1>{status}</h1></body></html>", status)


def _maintenance(options: dict[str, Any]) -> Answer:
    return in_html(MAINTENANCE, int(options.get("status", 200)))


def _elsewhere(options: dict[str, Any]) -> Answer:
    return see_other(str(options.get("to", f"https://{ELSEWHERE}/steal")))


FIXED: Mapping[str, Callable[[dict[str, Any]], Answer]] = {
    "hang": lambda _options: Answer(delivery=Delivery.HANG),
    "html": _maintenance,
    "unauthorised_html": lambda _options: in_html(OBJECT_MOVED, 401),
    "huge": lambda _options: Answer(delivery=Delivery.HUGE),
    "doctype": lambda _options: in_xml(BOMB),
    "redirect": _elsewhere,
    "empty": lambda options: Answer(int(options.get("status", 200)), content_type=XML),
    "answer": _any_answer,
    "token_error": _token_error,
}


def after_all(fault: Fault | None, answer: Answer) -> Answer:
    """The answer as it leaves: late, or cut off in the middle.

    With any fault it can have other headers, and its body in another character set.
    """
    if fault is None:
        return answer
    _set_headers(fault.options, answer)
    if fault.name == "slow":
        answer.delay = float(fault.options.get("seconds", 2))
    if fault.name == "cut":
        answer.delivery = Delivery.CUT
    if fault.name == "no_refresh":
        answer.delivery = Delivery.DROP
    if fault.name == "gzip":
        _compress(answer, broken=bool(fault.options.get("broken")))
    return answer


def _compress(answer: Answer, *, broken: bool) -> None:
    """Compressed though nobody asked for it; `broken`: it only says that it is."""
    answer.headers["Content-Encoding"] = "gzip"
    if not broken:
        answer.body = gzip.compress(answer.body)
