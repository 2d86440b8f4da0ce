"""A worker holds a run by its lease: a token that expires unless it is renewed.

Every write of a run happens inside ``fenced``: it locks move and attempt, compares
the token, and shows it to the database, whose triggers refuse other writers. All by
the clock of the database: a host whose clock is wrong loses no lease, and takes none.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from adminmoves import lifecycle
from adminmoves.errors import LeaseLost
from adminmoves.models import Attempt, Move
from adminmoves.models.clock import ClockTimestamp
from adminmoves.models.postgres import set_local
from adminmoves.vocabulary import MoveState

DOCUMENTS_PER_SECOND = 2000
"""One transaction switches an archive at least this fast."""


def lease_time(documents: int = 0) -> timedelta:
    """How long a lease lasts; longer if one transaction has many rows to write."""
    seconds = settings.PORTAL_LEASE_SECONDS + documents // DOCUMENTS_PER_SECOND
    return timedelta(seconds=seconds)


@contextmanager
def fenced(attempt: Attempt, documents: int = 0) -> Iterator[Move]:
    """Open one transaction of a run, under its lease, and renew the lease.

    A person's request to stop is copied to ``attempt``. Raises LeaseLost if another
    worker has the run, or the lease ran out.
    """
    with transaction.atomic():
        # The move before its attempt, as everywhere: two orders would be a deadlock.
        move = lifecycle.lock_move(attempt.move_id)
        attempts = Attempt.objects.select_for_update().annotate(now=ClockTimestamp())
        # Any, since no stub knows what is annotated.
        locked: Any = attempts.get(pk=attempt.pk)
        now = locked.now
        is_ours = locked.token == attempt.token and locked.ended_at is None
        if not is_ours or locked.lease_until <= now or move.state != MoveState.RUNNING:
            raise LeaseLost(f"another worker has the lease of {locked}")
        attempt.heartbeat_at, attempt.lease_until = now, now + lease_time(documents)
        attempt.save(update_fields=["heartbeat_at", "lease_until"])
        attempt.stop_asked_at = locked.stop_asked_at
        attempt.stop_asked_by_id = locked.stop_asked_by_id
        show_lease(locked.token)
        yield move


def show_lease(token: uuid.UUID) -> None:
    """Show a token to the triggers, until the transaction ends."""
    set_local("portal.lease", str(token))
