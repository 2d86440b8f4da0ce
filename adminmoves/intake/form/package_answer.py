"""What the package answers about a draft, shown beside the form and never stored."""

from dataclasses import dataclass
from datetime import timedelta

from adminmoves.bookkeeping import gateway
from adminmoves.bookkeeping.connection_lock import ConnectionBusy
from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.evidence.assessment import assess
from adminmoves.models import BookkeepingConnection, Move, Proof
from adminmoves.rules.checks.identity import other_kvk, other_name
from adminmoves.vocabulary import ProofKind

TIMEOUT_SECONDS = 8.0
"""The panel beside the form waits no longer for a package."""
MAX_AGE = timedelta(minutes=10)
"""Of a cached list that still answers for the package."""


@dataclass(frozen=True, slots=True)
class PackageAnswer:
    """An answer as the proof that it would be; None if there is none yet.

    ``is_busy``: somebody else is asking this package, and no list is cached.
    """

    proof: Proof | None = None
    is_busy: bool = False
    is_other_name: bool = False
    is_other_kvk: bool = False


def ask_package(move: Move) -> PackageAnswer | None:
    """Ask the package, or read the list that it gave a moment ago.

    None if the draft has nothing to ask for yet, or its package is not asked.
    """
    connection = _connection_to_ask(move)
    if connection is None:
        return None
    try:
        answer = gateway.check(
            connection,
            move.to_code,
            connection.package_environment,
            seconds=TIMEOUT_SECONDS,
        )
    except ConnectionBusy:
        return cached_answer(move) or PackageAnswer(is_busy=True)
    return _assess(move, connection, answer)


def cached_answer(move: Move) -> PackageAnswer | None:
    """The answer of the cached list, for a page that waits for no package."""
    connection = _connection_to_ask(move)
    if connection is None:
        return None
    answer = gateway.cached_answer(
        connection, move.to_code, connection.package_environment, age=MAX_AGE
    )
    return _assess(move, connection, answer) if answer else None


def _connection_to_ask(move: Move) -> BookkeepingConnection | None:
    connection = move.to_connection
    if connection is None or move.administration is None or not move.to_code:
        return None
    return connection if connection.asks_package else None


def _assess(
    move: Move, connection: BookkeepingConnection, answer: Evidence
) -> PackageAnswer:
    proof = Proof(
        move=move,
        revision=move.revision,
        connection=connection,
        package=connection.package,
        code=move.to_code,
        kind=ProofKind.VERIFIED,
        **assess(move, answer),
    )
    administration = move.administration
    if administration is None:
        return PackageAnswer(proof)
    return PackageAnswer(
        proof,
        is_other_name=other_name(proof, administration),
        is_other_kvk=other_kvk(proof, administration),
    )
