"""What follows from the answers, so that nobody is asked for it."""

from collections.abc import Collection, Mapping
from typing import Any

from adminmoves.evidence.records import Attestation
from adminmoves.models import BookkeepingConnection, Move, Parties
from adminmoves.rules.checks.base import (
    CODE_TYPES,
    ENVIRONMENT_TYPES,
    OTHER_CONNECTION_TYPES,
)
from adminmoves.rules.checks.connection import fitting_connections
from adminmoves.vocabulary import MIXES, Atom, MoveType

OFFICE, CONNECTION, CODE = "office", "connection", "code"
STATEMENT_FIELDS = ("moved_said_by", "moved_on", "moved_ticket", "moved_evidence")


def place_of(move: Move) -> tuple[int | None, int | None, str]:
    """What a statement is about: administration, connection and key of the code."""
    return move.administration_id, move.to_connection_id, str(move.to_code_key)


def empty_statement(parties: Parties, *, but: Collection[str] = ()) -> None:
    """It was made about another place; ``but`` names what was typed anew with it.

    A trigger does the same when the place changes any other way.
    """
    for name in STATEMENT_FIELDS:
        if name not in but:
            nothing = None if name in {"moved_on", "moved_evidence"} else ""
            setattr(parties, name, nothing)


def has_statement(parties: Parties) -> bool:
    return any(getattr(parties, name) for name in STATEMENT_FIELDS)


def asked_for(intent: MoveType) -> Mapping[str, tuple[str, ...]]:
    """The wanted place as this type asks it: columns of a move, in their groups."""
    atoms = MIXES[intent]
    asked: dict[str, tuple[str, ...]] = {}
    if Atom.ENVIRONMENT in atoms:
        asked[OFFICE] = ("to_environment_id", "to_connection_id")
    if Atom.CONNECTION in atoms:
        asked[CONNECTION] = ("to_connection_id",)
    if Atom.CODE in atoms:
        asked[CODE] = ("to_code",)
    return asked


def switch_answers(move: Move, intent: MoveType) -> dict[str, Any]:
    """What a draft is to say with another type, by columns.

    What only the present type asks is laid aside in the draft, or what follows from
    the other type would overwrite it; what was laid aside for that one stands again.
    """
    former, asked = asked_for(MoveType(move.intent)), asked_for(intent)
    for group in former.keys() - asked.keys():
        move.laid_aside[group] = [getattr(move, name) for name in former[group]]
    answers: dict[str, Any] = {"intent": intent}
    for group in asked.keys() - former.keys():
        stood = move.laid_aside.pop(group, None) or _not_asked_yet(move, group)
        answers |= zip(asked[group], stood, strict=False)
    return answers


def _not_asked_yet(move: Move, group: str) -> list[Any]:
    """Empty where only the present place stood, which was no answer."""
    if group == CODE:
        now = move.administration
        return [""] if now and move.to_code == now.code else []
    if group == CONNECTION and OFFICE in asked_for(MoveType(move.intent)):
        # Emptied later, unless it is of the present office.
        return []
    return [None, None]


def fill_in_what_follows(move: Move) -> None:
    """What the type and the administration say by themselves is not asked."""
    now = move.administration
    move.package = now.package if now else ""
    if move.reverses and move.reverses.administration_id != move.administration_id:
        # About other books it turns nothing back.
        move.reverses = None
    if now is None:
        # Which connections fit is for the administration's package to say.
        move.to_connection = None
        return
    intent = MoveType(move.intent)
    if intent not in ENVIRONMENT_TYPES:
        move.to_environment = now.environment
    if intent not in OTHER_CONNECTION_TYPES:
        move.to_connection = now.connection
    if intent not in CODE_TYPES:
        move.to_code = now.code
    connection, office = move.to_connection, move.to_environment
    if connection and not (
        office
        and connection.environment_id == office.pk
        and connection.package == now.package
    ):
        move.to_connection = None


def take_only_connection(move: Move) -> None:
    """Where the office has just one of the package, it is the one that is meant."""
    now, office = move.administration, move.to_environment
    if now is None or office is None or move.to_connection is not None:
        return
    found = list(fitting_connections(now, office).filter(is_active=True)[:2])
    if len(found) == 1:
        move.to_connection = found[0]


def turned_back(move: Move) -> dict[str, str]:
    """What the trail tells of a request that turns a completed one back."""
    return {"reverses": move.reverses.number} if move.reverses else {}


def forget_what_was_submitted(move: Move) -> None:
    """A draft that came back says nothing yet of where it comes from and its type."""
    move.move_type = move.from_code = move.from_address = move.to_address = ""
    move.from_environment = move.from_connection = None


def already_said(move: Move) -> Attestation | None:
    """The attestation that stands in the draft, where it counts and is complete."""
    said, connection = move.parties, move.to_connection
    wants = connection and connection.demand == BookkeepingConnection.Demand.ATTESTATION
    where = said.moved_ticket or said.moved_evidence
    if not (wants and said.moved_said_by and said.moved_on and where):
        return None
    return Attestation(
        said.moved_said_by,
        said.moved_on,
        ticket=said.moved_ticket,
        evidence=said.moved_evidence,
    )
