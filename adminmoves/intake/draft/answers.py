"""The answers of a draft, and what follows from them so that nobody is asked."""

from collections.abc import Mapping
from typing import Any

from adminmoves.intake.draft.statement import STATEMENT_FIELDS
from adminmoves.models import Move
from adminmoves.rules.checks.base import (
    CODE_TYPES,
    ENVIRONMENT_TYPES,
    OTHER_CONNECTION_TYPES,
)
from adminmoves.rules.checks.connection import fitting_connections
from adminmoves.vocabulary import MIXES, Atom, MoveType

MOVE_FIELDS = (
    "administration",
    "to_environment",
    "to_connection",
    "to_code",
    "not_before",
)
PARTY_FIELDS = (
    "requester_name",
    "requester_email",
    "requester_ticket",
    "consent_name",
    "consent_email",
    "consent_on",
    "consent_ticket",
    "consent_accepts_costs",
    "client_informed",
    "note",
    *STATEMENT_FIELDS,
)
ANSWER_FIELDS = frozenset({"intent", *MOVE_FIELDS, *PARTY_FIELDS})

TARGET_COLUMNS: Mapping[Atom, tuple[str, ...]] = {
    Atom.ENVIRONMENT: ("to_environment_id", "to_connection_id"),
    Atom.CONNECTION: ("to_connection_id",),
    Atom.CODE: ("to_code",),
}
"""The columns of a move for which a type with that atom asks an answer."""
# Stored in drafts (`Move.laid_aside`), so these words do not change with the code.
LAID_ASIDE_KEYS: Mapping[Atom, str] = {
    Atom.ENVIRONMENT: "office",
    Atom.CONNECTION: "connection",
    Atom.CODE: "code",
}


def changed_answers(move: Move, answers: Mapping[str, object]) -> set[str]:
    """The names of the answers that differ from what the draft says."""
    return {name for name, value in answers.items() if _answer(move, name) != value}


def _answer(move: Move, name: str) -> Any:
    return getattr(move.parties if name in PARTY_FIELDS else move, name)


def set_answers(move: Move, answers: Mapping[str, object]) -> None:
    for name, value in answers.items():
        setattr(move.parties if name in PARTY_FIELDS else move, name, value)


def fill_in(move: Move, answers: Mapping[str, Any], changed: set[str]) -> None:
    """Set the answers and what follows from them."""
    if "intent" in changed:
        answers = {**switch_answers(move, MoveType(answers["intent"])), **answers}
    set_answers(move, answers)
    clear_submitted(move)
    set_derived(move)
    # A connection that was chosen and does not fit is an error at its field: taking
    # another one would hide it.
    elsewhere = changed & {"administration", "to_environment"}
    if elsewhere or not answers.get("to_connection"):
        take_only_connection(move)


def target_of(move: Move) -> tuple[object, ...]:
    return (
        move.administration_id,
        move.to_environment_id,
        move.to_connection_id,
        move.to_code,
    )


def switch_answers(move: Move, intent: MoveType) -> dict[str, Any]:
    """What a draft says once it is of another type, by columns.

    What only the present type asks is laid aside in the draft, or what follows from
    the other type would overwrite it; what was laid aside for that type comes back.
    """
    former, atoms = MIXES[MoveType(move.intent)], MIXES[intent]
    for atom in former - atoms:
        laid_aside = [getattr(move, column) for column in TARGET_COLUMNS[atom]]
        move.laid_aside[LAID_ASIDE_KEYS[atom]] = laid_aside
    answers: dict[str, Any] = {"intent": intent}
    for atom in atoms - former:
        laid_aside = move.laid_aside.pop(LAID_ASIDE_KEYS[atom], None)
        values = laid_aside or _not_answered_yet(move, atom)
        answers |= zip(TARGET_COLUMNS[atom], values, strict=False)
    return answers


def _not_answered_yet(move: Move, atom: Atom) -> list[Any]:
    """Empty values for its columns; none at all for a column that keeps its own."""
    if atom == Atom.CODE:
        # The present code was filled in by itself; another one was an answer.
        administration = move.administration
        return [""] if administration and move.to_code == administration.code else []
    if atom == Atom.CONNECTION and move.intent in ENVIRONMENT_TYPES:
        # `set_derived` empties it, unless it is one of the present office.
        return []
    return [None, None]


def set_derived(move: Move) -> None:
    """Set what the type and the administration say by themselves."""
    administration = move.administration
    move.package = administration.package if administration else ""
    if move.reverses and move.reverses.administration_id != move.administration_id:
        # About another administration it turns nothing back.
        move.reverses = None
    if administration is None:
        # Which connections fit is for the administration's package to say.
        move.to_connection = None
        return
    if move.intent not in ENVIRONMENT_TYPES:
        move.to_environment = administration.environment
    if move.intent not in OTHER_CONNECTION_TYPES:
        move.to_connection = administration.connection
    if move.intent not in CODE_TYPES:
        move.to_code = administration.code
    # A connection of an office or package that is no longer the chosen one.
    connection, office = move.to_connection, move.to_environment
    if connection and not (
        office
        and connection.environment_id == office.pk
        and connection.package == administration.package
    ):
        move.to_connection = None


def take_only_connection(move: Move) -> None:
    """Where the office has just one of the package, it is the one that is meant."""
    administration, office = move.administration, move.to_environment
    if administration is None or office is None or move.to_connection is not None:
        return
    fitting = list(
        fitting_connections(administration, office).filter(is_active=True)[:2]
    )
    if len(fitting) == 1:
        move.to_connection = fitting[0]


def clear_submitted(move: Move) -> None:
    """A draft that came back has no type and no origin until it is submitted again."""
    move.move_type = move.from_code = move.from_address = move.to_address = ""
    move.from_environment = move.from_connection = None


def reverses_param(move: Move) -> dict[str, str]:
    """The parameter by which the trail names the move that this one turns back."""
    return {"reverses": move.reverses.number} if move.reverses else {}
