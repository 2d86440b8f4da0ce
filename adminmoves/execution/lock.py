"""Locks a move, and then its administration; in that order everywhere."""

from typing import cast

from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    Move,
    Parties,
    Proof,
    cached_sql,
)
from adminmoves.models.sql import sql_beside
from adminmoves.scheduling.windows import share_gates
from adminmoves.vocabulary import MoveState

# The ORM takes longer to build these two than PostgreSQL to answer them, and every
# run needs them.
LOCK_MOVE = cached_sql.fill_columns(
    sql_beside(__file__, "lock_move"),
    m=Move,
    p=Proof,
    o=Parties,
    c=BookkeepingConnection,
    e=Environment,
)
LOCK_ADMINISTRATION = cached_sql.fill_columns(
    sql_beside(__file__, "lock_administration"),
    a=Administration,
    c=BookkeepingConnection,
    e=Environment,
)


def lock_due_move(due: Move) -> Move | None:
    """Lock a due move and its administration, behind the gates of the queue.

    The move comes with its proof, its parties and both places. Return None if somebody
    else has one of the two, or the move changed since it was read.
    """
    share_gates()
    locked = cached_sql.fetch(
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
    locked = cached_sql.fetch(
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
