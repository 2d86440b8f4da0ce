"""Locks a move, and then its administration; in that order everywhere."""

from typing import cast

from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    Move,
    Parties,
    Proof,
    direct,
)
from adminmoves.scheduling.windows import share_gates
from adminmoves.vocabulary import MoveState

# The ORM takes longer to build these two than PostgreSQL to answer them, and every
# run needs them.
LOCK_MOVE = f"""
SELECT {direct.columns(Move, "m")}, {direct.columns(Proof, "p")},
       {direct.columns(Parties, "o")}, {direct.columns(BookkeepingConnection, "c")},
       {direct.columns(Environment, "e")}
FROM adminmoves_move m
JOIN adminmoves_proof p ON p.id = m.proof_id
JOIN adminmoves_parties o ON o.move_id = m.id
JOIN adminmoves_bookkeepingconnection c ON c.id = m.to_connection_id
JOIN adminmoves_environment e ON e.id = m.to_environment_id
WHERE m.id = %s AND m.revision = %s AND m.state = %s FOR UPDATE OF m SKIP LOCKED
"""  # noqa: S608 - built from column names only; values go in as parameters
LOCK_ADMINISTRATION = f"""
SELECT {direct.columns(Administration, "a")},
       {direct.columns(BookkeepingConnection, "c")}, {direct.columns(Environment, "e")}
FROM adminmoves_administration a
JOIN adminmoves_bookkeepingconnection c ON c.id = a.connection_id
JOIN adminmoves_environment e ON e.id = a.environment_id
WHERE a.id = %s FOR UPDATE OF a SKIP LOCKED
"""  # noqa: S608 - built from column names only; values go in as parameters


def lock_due_move(due: Move) -> Move | None:
    """Lock a due move and its administration, behind the gates of the queue.

    The move comes with its proof, its parties and both places. Return None if somebody
    else has one of the two, or the move changed since it was read.
    """
    share_gates()
    locked = direct.fetch(
        LOCK_MOVE,
        [due.pk, due.revision, MoveState.APPROVED],
        Move,
        Proof,
        Parties,
        BookkeepingConnection,
        Environment,
    )
    if not locked:
        return None
    move, proof, parties, connection, environment = locked
    move.proof, move.parties = proof, parties
    move.to_connection, move.to_environment = connection, environment
    proof.connection = connection
    # Not waited for: its holder may need this move next.
    locked = direct.fetch(
        LOCK_ADMINISTRATION,
        [move.wanted.administration_id],
        Administration,
        BookkeepingConnection,
        Environment,
    )
    if not locked:
        return None
    administration, connection, environment = locked
    administration.connection, administration.environment = connection, environment
    move.administration = administration
    return cast("Move", move)


def lock_administration(move: Move) -> Administration:
    """The administration of a move that the caller locked."""
    locked = Administration.objects.with_place().select_for_update(of=("self",))
    return locked.get(pk=move.wanted.administration_id)
