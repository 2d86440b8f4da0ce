"""The texts of the help page, read from the tables that the portal works by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adminmoves.rules.checks.base import Check
from adminmoves.rules.type_rules import CHECKS
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
"""States that the lists show in two ways: a draft that came back, a later start."""


@dataclass(frozen=True, slots=True)
class ExplainedCheck:
    """A check: its rule, its messages, and the types that it is for."""

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
    # The message of a check that passed has no remedy: it says what the check wants.
    calm = [message for message in check.messages.values() if not message.remedy]
    return ExplainedCheck(
        title=_general(calm[-1].title, IN_GENERAL),
        problems=tuple(
            (_general(message.title), _general(message.remedy))
            for message in check.messages.values()
            if message.remedy
        ),
        types=tuple(kind for kind in MoveType if kind in check.severities),
        blocks=Severity.BLOCKING in check.severities.values(),
    )


class _Open(dict[str, Promise | str]):
    """Parameters of a message that only a real case can fill in."""

    def __missing__(self, name: str) -> str:
        return "…"


IN_GENERAL: Mapping[str, Promise | str] = {
    "code": _("filled in"),
    "connection": "",
    "name": _("Somebody"),
    "package": _("the same"),
}
"""Parameters of a message about no request in particular."""


def _general(
    text: object, words: Mapping[str, Promise | str] = MappingProxyType({})
) -> str:
    sentence = str(text)
    sentence = sentence % _Open(words) if "%(" in sentence else sentence
    # An empty parameter leaves two spaces.
    return " ".join(sentence.split())
