"""What the package says of a draft, for who fills it in. Nothing of it is stored."""

from dataclasses import dataclass
from datetime import timedelta

from adminmoves.bookkeeping import gateway
from adminmoves.bookkeeping.connection_lock import ConnectionBusy
from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.evidence.assessment import weigh
from adminmoves.models import BookkeepingConnection, Move, Proof
from adminmoves.rules.checks.identity import other_kvk, other_name
from adminmoves.vocabulary import ProofKind

SECONDS = 8.0
"""So long the panel beside the form waits for a package."""
RECENT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it would be stored; None where there is none yet.

    ``is_busy``: somebody else is asking this package, and no list was kept.
    """

    proof: Proof | None = None
    is_busy: bool = False
    is_other_name: bool = False
    is_other_kvk: bool = False


def listen(move: Move) -> Said | None:
    """Ask the package, or look at the list that it gave a moment ago.

    None where there is nothing to ask for yet, or where the package is not asked.
    """
    connection = _asked(move)
    if connection is None:
        return None
    try:
        answer = gateway.check(
            connection, move.to_code, connection.package_environment, seconds=SECONDS
        )
    except ConnectionBusy:
        return recall(move) or Said(is_busy=True)
    return _said(move, connection, answer)


def recall(move: Move) -> Said | None:
    """What the kept list says; for a page that waits for nobody."""
    connection = _asked(move)
    if connection is None:
        return None
    answer = gateway.cached_answer(
        connection, move.to_code, connection.package_environment, age=RECENT
    )
    return _said(move, connection, answer) if answer else None


def _asked(move: Move) -> BookkeepingConnection | None:
    connection = move.to_connection
    if connection is None or move.administration is None or not move.to_code:
        return None
    return connection if connection.asks_package else None


def _said(move: Move, connection: BookkeepingConnection, answer: Evidence) -> Said:
    proof = Proof(
        move=move,
        revision=move.revision,
        connection=connection,
        package=connection.package,
        code=move.to_code,
        kind=ProofKind.VERIFIED,
        **weigh(move, answer),
    )
    ours = move.administration
    if ours is None:
        return Said(proof)
    return Said(
        proof,
        is_other_name=other_name(proof, ours),
        is_other_kvk=other_kvk(proof, ours),
    )
