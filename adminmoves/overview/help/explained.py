"""What the help page tells, walked from the tables, so that it cannot fall behind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adminmoves.rules.checks.base import Check
from adminmoves.rules.types import CHECKS, MIXES
from adminmoves.vocabulary import (
    SCHEDULED_LOOK,
    SENT_BACK_LOOK,
    STATE_LOOKS,
    Atom,
    Look,
    MoveState,
    MoveType,
    Severity,
)

S, T = MoveState, MoveType

TYPES: Mapping[MoveType, Promise] = {
    T.MOVE_ENVIRONMENT: _(
        "The administration goes to another office and keeps its code. It gets a "
        "connection of the new office. Users do not move along."
    ),
    T.CHANGE_CODE: _(
        "The administration stays where it is and gets another code, because it was "
        "renamed in the bookkeeping package."
    ),
    T.RELINK_CONNECTION: _(
        "The administration stays at its office and is linked to another accounting "
        "system of the same package."
    ),
    T.MOVE_ENVIRONMENT_AND_CHANGE_CODE: _(
        "Another office and another code, in one go. Users do not move along."
    ),
    T.RELINK_CONNECTION_AND_CHANGE_CODE: _(
        "Another accounting system of the same package and another code, in one go."
    ),
}

STATES: Mapping[MoveState, Promise] = {
    S.DRAFT: _("Somebody is filling it in. Nobody else has to do anything."),
    S.AWAITING_BOOKKEEPING: _(
        "The administration must first be moved or renamed in the bookkeeping "
        "package. We wait until that is proven."
    ),
    S.AWAITING_APPROVAL: _(
        "A team lead who did not work on it decides: approve, send back or reject."
    ),
    S.APPROVED: _("It starts by itself as soon as a worker is free."),
    S.RUNNING: _("A worker carries it out. The administration is closed meanwhile."),
    S.COMPLETED: _(
        "The administration is at its new place. Only the after-care is left."
    ),
    S.IN_DOUBT: _("The portal cannot tell how it ended. A team lead looks and says."),
    S.FAILED: _(
        "It went wrong and everything was rolled back. A team lead can run it again."
    ),
    S.STOPPED: _(
        "Somebody stopped it and everything was rolled back. It can run again."
    ),
    S.REJECTED: _("A team lead said no, with a reason. A new request is possible."),
    S.WITHDRAWN: _("It is no longer needed. A new request is possible."),
}


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
    for kind, words in TYPES.items():
        yield kind, words, Atom.ENVIRONMENT in MIXES[kind]


def states() -> Iterator[ExplainedState]:
    for state, words in STATES.items():
        yield ExplainedState(state.label, STATE_LOOKS[state], words)
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
