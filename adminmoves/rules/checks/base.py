"""The target of a move, as a check looks at it; and what a check may answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.functional import Promise

from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    Move,
    PackageProfile,
    Parties,
    Proof,
)
from adminmoves.rules.checks.conflicts import Conflict, ConflictData, load_conflicts
from adminmoves.vocabulary import Atom, Moment, MoveType, Severity, types_with


@dataclass(frozen=True)
class CheckContext:
    """Rows that the checks need, read once for all targets that share the context.

    Each target adds its place; the first check that asks reads for all of them.
    """

    places: list[dict[str, object]] = field(default_factory=list)

    @cached_property
    def conflict_data(self) -> ConflictData:
        return load_conflicts(self.places)


@dataclass(frozen=True)
class Target:
    """One administration and its wanted place, complete or still being filled in.

    ``has_statement``: without a proof yet, but submitting attests what it states.
    """

    administration: Administration
    intent: MoveType
    to_environment: Environment | None
    to_connection: BookkeepingConnection | None
    to_code: str
    to_code_key: str
    parties: Parties
    move: Move | None = None
    proof: Proof | None = None
    has_statement: bool = False
    context: CheckContext = field(default_factory=CheckContext)

    def __post_init__(self) -> None:
        self.context.places.append(self.place)

    @property
    def move_id(self) -> int:
        """0 while nothing is stored yet: no move has that id."""
        return self.move.pk if self.move else 0

    @property
    def is_complete(self) -> bool:
        return bool(self.to_environment and self.to_connection and self.to_code)

    @property
    def to_address(self) -> str:
        """The expected address at the wanted place; empty while incomplete."""
        if self.to_environment is None or not self.to_code:
            return ""
        return self.to_environment.address_for(
            self.administration.mail_code or self.to_code
        )

    @property
    def place(self) -> dict[str, object]:
        """The place as ``load_conflicts`` takes it."""
        connection, office = self.to_connection, self.to_environment
        return {
            "administration": self.administration.pk,
            "name": self.administration.name,
            "move": self.move_id,
            "from_connection": self.administration.connection_id,
            "from_key": self.administration.code_key,
            "connection": connection.pk if connection else None,
            "environment": office.pk if office else None,
            "key": self.to_code_key if self.to_code else None,
            "address": self.to_address or None,
        }

    @property
    def conflicts(self) -> Mapping[str, Conflict]:
        """Conflicts with the wanted place, by their kind."""
        return self.context.conflict_data.conflicts[self.move_id]

    @property
    def profile(self) -> PackageProfile | None:
        return self.context.conflict_data.profiles.get(self.administration.package)


class Message(NamedTuple):
    """The title of a finding and what to do about it; lazy, in both languages."""

    title: Promise | str
    remedy: Promise | str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one check: the key of its message, with parameters."""

    message_key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "problem"  # ok, problem, waiting or todo
    field: str = ""
    holds_from: Moment = Moment.SUBMIT


def ok(message_key: str = "ok", **params: object) -> Finding:
    return Finding(message_key, params, kind="ok")


def todo(message_key: str, at: str) -> Finding:
    """Something is still to be filled in at that field."""
    return Finding(message_key, kind="todo", field=at)


def problem(message_key: str, at: str = "", **params: object) -> Finding:
    return Finding(message_key, params, field=at)


def waiting(
    message_key: str, holds_from: Moment, at: str = "", **params: object
) -> Finding:
    """Nothing is wrong; it cannot go on before something else has happened."""
    return Finding(message_key, params, kind="waiting", field=at, holds_from=holds_from)


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of domain.md par. 3.

    ``severities`` has a line for each type to which the rule applies. A fixed one
    cannot be changed by a setting.
    """

    code: str
    severities: Mapping[MoveType, Severity]
    ask: Callable[[Target], Finding]
    messages: Mapping[str, Message]
    fixed: bool = False
    holds_from: Moment = Moment.SUBMIT


ALL = frozenset(MoveType)
ENVIRONMENT_TYPES = types_with(Atom.ENVIRONMENT)
CODE_TYPES = types_with(Atom.CODE)
OTHER_CONNECTION_TYPES = ENVIRONMENT_TYPES | types_with(Atom.CONNECTION)
"""With another environment the connection changes too, though it is no atom then."""


def blocking(types: frozenset[MoveType] = ALL) -> dict[MoveType, Severity]:
    return dict.fromkeys(sorted(types), Severity.BLOCKING)


def warning(types: frozenset[MoveType] = ALL) -> dict[MoveType, Severity]:
    return dict.fromkeys(sorted(types), Severity.WARNING)
