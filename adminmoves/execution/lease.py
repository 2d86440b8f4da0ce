"""A worker holds a run by its lease: a token that expires unless it is renewed.

Every write of a run happens inside ``fenced``: it locks move and attempt, compares
the token, and shows it to the database, whose triggers refuse other writers. All by
the clock of the database: a host whose clock is wrong loses no lease, and takes none.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction

from adminmoves import lifecycle
from adminmoves.errors import LeaseLost
from adminmoves.models import Attempt, Move
from adminmoves.models.clock import ClockTimestamp
from adminmoves.vocabulary import MoveState

DOCUMENTS_PER_SECOND = 2000
"""So fast, at the least, does one transaction switch an archive."""


def lease_time(documents: int = 0) -> timedelta:
    """How long a run is held; longer where one transaction has many rows to write."""
    own = settings.PORTAL_LEASE_SECONDS
    return timedelta(seconds=own + documents // DOCUMENTS_PER_SECOND)


@contextmanager
def fenced(attempt: Attempt, documents: int = 0) -> Iterator[Move]:
    """One transaction of a run, under its lease, which it renews.

    ``attempt`` learns what others wrote on it meanwhile. Raises LeaseLost when another
    worker holds the run, or nobody in time.
    """
    with transaction.atomic():
        move = lifecycle.lock_move(attempt.move_id)
        attempts = Attempt.objects.select_for_update().annotate(now=ClockTimestamp())
        held = attempts.get(pk=attempt.pk)
        now = held.now
        ours = held.token == attempt.token and held.ended_at is None
        if not ours or held.lease_until <= now or move.state != MoveState.RUNNING:
            raise LeaseLost(f"the lease of {held} is another's")
        attempt.heartbeat_at, attempt.lease_until = now, now + lease_time(documents)
        attempt.save(update_fields=["heartbeat_at", "lease_until"])
        attempt.stop_asked_at = held.stop_asked_at
        attempt.stop_asked_by_id = held.stop_asked_by_id
        show_lease(held.token)
        yield move


def show_lease(token: uuid.UUID) -> None:
    """Show the token to the triggers, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.lease', %s, true)", [str(token)])
