"""What the help page tells, walked from the tables, so that it cannot fall behind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adminmoves.rules.checks.base import Check
from adminmoves.rules.types import CHECKS
from adminmoves.vocabulary import (
    MOVE_TYPES,
    SCHEDULED_LOOK,
    SENT_BACK_LOOK,
    STATES,
    Atom,
    Look,
    MoveState,
    MoveType,
    Severity,
)

S = MoveState


@dataclass(frozen=True, slots=True)
class ExplainedState:
    label: Promise | str
    look: Look
    words: Promise


SPECIAL: Mapping[MoveState, ExplainedState] = {
    S.DRAFT: ExplainedState(
        _("Changes requested"),
        SENT_BACK_LOOK,
        _(
            "A team lead sent it back with a question. Change the request and submit "
            "it again."
        ),
    ),
    S.APPROVED: ExplainedState(
        _("Scheduled"),
        SCHEDULED_LOOK,
        _("It is approved and starts by itself at the moment that was chosen."),
    ),
}
"""What the lists call apart in a state: a draft that came back and a later start."""


@dataclass(frozen=True, slots=True)
class ExplainedCheck:
    """A check: what it wants, what it says when that is missing, and where it holds."""

    title: str
    problems: tuple[tuple[str, str], ...]
    types: tuple[MoveType, ...]
    blocks: bool

    @property
    def is_for_all(self) -> bool:
        return len(self.types) == len(MoveType)


def types() -> Iterator[tuple[MoveType, Promise, bool]]:
    """Each type, its explanation, and whether the users stay behind."""
    for move_type in MoveType:
        info = MOVE_TYPES[move_type]
        yield move_type, info.explanation, Atom.ENVIRONMENT in info.atoms


def states() -> Iterator[ExplainedState]:
    for state in MoveState:
        info = STATES[state]
        yield ExplainedState(state.label, info.look, info.explanation)
        if state in SPECIAL:
            yield SPECIAL[state]


def checks() -> Iterator[ExplainedCheck]:
    for check in CHECKS:
        yield _explained(check)


def _explained(check: Check) -> ExplainedCheck:
    calm = [saying for saying in check.sayings.values() if not saying.remedy]
    return ExplainedCheck(
        title=_general(calm[-1].title, IN_GENERAL),
        problems=tuple(
            (_general(saying.title), _general(saying.remedy))
            for saying in check.sayings.values()
            if saying.remedy
        ),
        types=tuple(kind for kind in MoveType if kind in check.severities),
        blocks=Severity.BLOCKING in check.severities.values(),
    )


class _Open(dict[str, Promise | str]):
    """What only a real case can fill in stays open."""

    def __missing__(self, name: str) -> str:
        return "…"


IN_GENERAL: Mapping[str, Promise | str] = {
    "code": _("filled in"),
    "connection": "",
    "name": _("Somebody"),
    "package": _("the same"),
}
"""What a check wants of any request: there is no case yet to name."""


def _general(
    text: object, words: Mapping[str, Promise | str] = MappingProxyType({})
) -> str:
    told = str(text)
    told = told % _Open(words) if "%(" in told else told
    return " ".join(told.split())
