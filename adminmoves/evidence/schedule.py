"""When the package is asked again for a waiting move, and which connections are due."""

from datetime import datetime, timedelta

from django.db.models import Min, Q
from django.utils import timezone

from adminmoves.models import ConnectionLine, Move
from adminmoves.models.clock import ClockTimestamp
from adminmoves.vocabulary import Verdict

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PACES = (
    (timedelta(minutes=10), timedelta(minutes=2)),
    (HOUR, timedelta(minutes=5)),
    (DAY, timedelta(minutes=15)),
    (3 * DAY, HOUR),
)
"""(waiting time, pace): a request that waits shorter is asked once in that pace."""
SLOWEST_PACE = timedelta(hours=6)
RETRY_WHEN_BUSY = timedelta(seconds=1)
"""The move is due so soon; ``connections_to_ask`` waits until the lock is free."""
TEMPORARY = frozenset({Verdict.RATE_LIMITED, Verdict.UNAVAILABLE})
"""These pass by themselves, and say nothing about the administration."""
NEEDS_PERSON = frozenset(
    {Verdict.CONFIG_ERROR, Verdict.AUTH_REQUIRED, Verdict.AMBIGUOUS}
)


def ask_again_at(
    move: Move, verdict: Verdict, retry_at: datetime | None = None
) -> datetime | None:
    """When to ask next; None where only a person can change the answer.

    ``retry_at``: not before this moment, by the package or by our own back-off.
    """
    # Asking again changes nothing until somebody acts, and costs the office its limit.
    if verdict in NEEDS_PERSON:
        return retry_at
    now = timezone.now()
    if verdict in TEMPORARY:
        return retry_at or now + PACES[0][1]
    # The longer a request waits, the less an hour matters: the pace slows down.
    return max(now + pace_of(now - move.state_since), retry_at or now)


def pace_of(waited: timedelta) -> timedelta:
    return next((pace for until, pace in PACES if waited < until), SLOWEST_PACE)


def connections_to_ask() -> list[int]:
    """Ids of connections with moves that are due, the longest due first.

    Connections that are locked or back off are left out; their moves stay due.
    """
    now = timezone.now()
    unavailable = ConnectionLine.objects.filter(
        Q(lease_until__gt=ClockTimestamp())
        | Q(quiet_until__gt=now, quiet_why__in=TEMPORARY)
    )
    due = Move.objects.to_ask(now).exclude(
        to_connection__in=unavailable.values("connection")
    )
    first = due.values_list("to_connection").annotate(first=Min("ask_proof_at"))
    return [connection for connection, _first in first.order_by("first")]
