"""What a draft states about the package: who says that it was moved, since when."""

from collections.abc import Collection

from adminmoves.evidence.records import Attestation
from adminmoves.models import BookkeepingConnection, Move, Parties

STATEMENT_FIELDS = ("moved_said_by", "moved_on", "moved_ticket", "moved_evidence")


def place_of(move: Move) -> tuple[int | None, int | None, str]:
    """What a statement is about: administration, connection and key of the code."""
    return move.administration_id, move.to_connection_id, str(move.to_code_key)


def has_statement(parties: Parties) -> bool:
    return any(getattr(parties, name) for name in STATEMENT_FIELDS)


def empty_statement(parties: Parties, *, but: Collection[str] = ()) -> None:
    """Empty all of its fields, except the names in ``but``."""
    # A trigger does the same when the place changes in any other way.
    for name in STATEMENT_FIELDS:
        if name not in but:
            empty = None if name in {"moved_on", "moved_evidence"} else ""
            setattr(parties, name, empty)


def emptied_fields(before: Parties, after: Parties) -> set[str]:
    """The fields of a statement that were filled in, and are empty now."""
    return {
        name
        for name in STATEMENT_FIELDS
        if getattr(before, name) and not getattr(after, name)
    }


def wants_attestation(connection: BookkeepingConnection | None) -> bool:
    return (
        connection is not None
        and connection.demand == BookkeepingConnection.Demand.ATTESTATION
    )


def attestation_of(move: Move) -> Attestation | None:
    """The statement as an attestation; None if it is incomplete or does not count."""
    parties = move.parties
    if not wants_attestation(move.to_connection):
        return None
    where = parties.moved_ticket or parties.moved_evidence
    if not (parties.moved_said_by and parties.moved_on and where):
        return None
    return Attestation(
        parties.moved_said_by,
        parties.moved_on,
        ticket=parties.moved_ticket,
        evidence=parties.moved_evidence,
    )
