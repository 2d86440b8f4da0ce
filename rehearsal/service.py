"""The common part of the four packages: hosts, routes, a token, a refusal."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from rehearsal.faults import Fault
from rehearsal.grants import Grant, TokenRules
from rehearsal.limits import Limits
from rehearsal.messages import Answer, Kind, Request
from rehearsal.world import Administration, Organisation, Package, World

Row = tuple[Organisation, Administration]  # whose it is, and what it is


@dataclass(frozen=True, slots=True)
class Call:
    """A request with all that is needed to answer it."""

    request: Request
    world: World
    limits: Limits
    service: "Service"
    route: "Route"
    grant: Grant | None
    fault: Fault | None

    @property
    def consent(self) -> Grant:
        """The consent behind a guarded call; there is one, or it is refused before."""
        if self.grant is None:
            raise LookupError("a call without a consent is refused before this")
        return self.grant

    @property
    def organisation(self) -> Organisation:
        return self.world.organisations[self.consent.organisation]

    @property
    def found(self) -> Mapping[str, str]:
        """The named parts of the path."""
        match = self.route.pattern.fullmatch(self.request.path)
        return match.groupdict() if match else {}

    def suffers(self, name: str) -> bool:
        return self.fault is not None and self.fault.name == name

    def rows(self) -> list[Row]:
        """The administrations that this user may see, as far as they are told."""
        rows = self.world.seen(self.consent)
        change = LIST_FAULTS.get(self.fault.name) if self.fault else None
        return change(self, rows, self.fault) if change and self.fault else rows

    def lies(self, rows: list[Row], fault: Fault) -> list[Row]:
        """With a code: a row that is not there. Without: all under other names."""
        code = str(fault.options.get("code", ""))
        name = str(fault.options.get("name", "Verzonnen Voorbeeld B.V."))
        if not code:
            return [(owner, replace(each, name=name)) for owner, each in rows]
        made_up = Administration(
            "lie", code, name, external_id=str(fault.options.get("external_id", ""))
        )
        return [*rows, (self.organisation, made_up)]


def _look_alikes(rows: list[Row], fault: Fault) -> list[Row]:
    """Other administrations with the code of one that is there."""
    return [
        (
            owner,
            replace(each, id="dup", name=f"{each.name} 2", external_id=_other(each)),
        )
        for owner, each in _doubled(rows, fault)
    ]


def _other(each: Administration) -> str:
    """An id that no administration of the world has; they are made from below."""
    return each.external_id and f"{each.external_id[:-5]}99999"


def _doubled(rows: list[Row], fault: Fault) -> list[Row]:
    """The rows that come twice: those with the fault's code, else the first."""
    code = fault.options.get("code")
    if code is None:
        return rows[:1]
    return [row for row in rows if row[1].code == code]


LIST_FAULTS: Mapping[str, Callable[[Call, list[Row], Fault], list[Row]]] = {
    "forget": lambda _call, _rows, _fault: [],
    "dup": lambda _call, rows, fault: [*rows, *_look_alikes(rows, fault)],
    "twice": lambda _call, rows, fault: [*rows, *_doubled(rows, fault)],
    "control": lambda _call, rows, _fault: _with_a_mark(rows),
    "lie": Call.lies,
}
"""How the faults of a list change what it tells."""


def _with_a_mark(rows: list[Row]) -> list[Row]:
    """A control character; Twinfield can write something else in its place."""
    return [(owner, replace(each, name=f"{each.name}\x1f")) for owner, each in rows]


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. Its path is matched without regard to case."""

    method: str
    pattern: re.Pattern[str]
    kind: Kind
    answer: Callable[[Call], Answer]
    guarded: bool = True  # asks for a valid access token
    mark: bytes = b""  # must stand in the body, where a path has several uses


def route(
    method: str,
    pattern: str,
    kind: Kind,
    answer: Callable[[Call], Answer],
    *,
    guarded: bool = True,
    mark: bytes = b"",
) -> Route:
    compiled = re.compile(pattern, re.IGNORECASE)
    return Route(method, compiled, kind, answer, guarded=guarded, mark=mark)


@dataclass(frozen=True, slots=True)
class Service:
    """One package on the wire."""

    package: Package
    serves: Callable[[str], bool]  # a host
    routes: tuple[Route, ...]
    authorize: re.Pattern[str]  # the path of the consent page
    required: tuple[str, ...]  # parameters that the consent page cannot do without
    tokens: TokenRules
    refuse: Callable[[int, str], Answer]  # status, reason: in the package's shape
    token_in: Callable[[Request], str]  # where an access token stands in a request
    asks_scopes: bool = False  # the consent page has a box for each scope
    basic: bool = False  # the client names itself by HTTP Basic, not in the form
    textual_lifetime: bool = False  # expires_in is a string
    after: Callable[[float], dict[str, str]] = field(  # seconds: when to come back
        default=lambda seconds: {"Retry-After": str(round(seconds))}
    )
    country_of: Callable[[str], str] = field(default=lambda _host: "")

    def find(self, request: Request) -> Route | None:
        for each in self.routes:
            if (
                each.method == request.method
                and each.pattern.fullmatch(request.path)
                and each.mark in request.body
            ):
                return each
        return None
