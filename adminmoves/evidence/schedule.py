"""When a package is asked for a move that waits, and which connections are free."""

from datetime import datetime, timedelta

from django.db.models import Min, Q
from django.utils import timezone

from adminmoves.models import ConnectionLine, Move
from adminmoves.models.clock import ClockTimestamp
from adminmoves.vocabulary import Verdict

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PACE = (
    (timedelta(minutes=10), timedelta(minutes=2)),
    (HOUR, timedelta(minutes=5)),
    (DAY, timedelta(minutes=15)),
    (3 * DAY, HOUR),
)
"""While a request waits no longer than the first, it is asked every second."""
SLOWEST = timedelta(hours=6)
BUSY = timedelta(seconds=1)
"""Due again so soon when somebody else was asking that connection.

It is taken no sooner than the line is free: see ``connections_to_ask``.
"""
TEMPORARY = frozenset({Verdict.RATE_LIMITED, Verdict.UNAVAILABLE})
"""These say nothing about an administration, and pass by themselves."""
NEEDS_PERSON = frozenset(
    {Verdict.CONFIG_ERROR, Verdict.AUTH_REQUIRED, Verdict.AMBIGUOUS}
)


def ask_again_at(
    move: Move, verdict: Verdict, retry_at: datetime | None = None
) -> datetime | None:
    """When to ask next; None where only a person can change the answer.

    ``retry_at``: the package or its silence does not want to be asked before. A
    package that could not answer is asked as soon as it may be; where a person may be
    needed, and may not, then alone.
    """
    if verdict in NEEDS_PERSON:
        return retry_at
    now = timezone.now()
    if verdict in TEMPORARY:
        return retry_at or now + PACE[0][1]
    return max(now + pace_of(now - move.state_since), retry_at or now)


def pace_of(waited: timedelta) -> timedelta:
    """How long after one question the next one follows."""
    return next((pace for until, pace in PACE if waited < until), SLOWEST)


def connections_to_ask() -> list[int]:
    """Connections with moves to ask for now, the longest due first.

    Left out are those that somebody is asking, and those that are left alone because
    they limit us or do not answer: their moves stay due.
    """
    now = timezone.now()
    shut = ConnectionLine.objects.filter(
        Q(lease_until__gt=ClockTimestamp())
        | Q(quiet_until__gt=now, quiet_why__in=TEMPORARY)
    )
    due = Move.objects.to_ask(now).exclude(to_connection__in=shut.values("connection"))
    first = due.values_list("to_connection").annotate(first=Min("ask_proof_at"))
    return [connection for connection, _first in first.order_by("first")]
