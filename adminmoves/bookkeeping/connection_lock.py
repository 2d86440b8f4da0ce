"""One request in flight per connection, over all workers; and silence after trouble.

A row with a lease, so that no transaction stays open while a package is asked.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from adminmoves.bookkeeping.answers import NoAnswer
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.models import BookkeepingConnection, ConnectionLine
from adminmoves.models.clock import ClockTimestamp, database_now
from adminmoves.vocabulary import Verdict

# Connecting may end after the deadline, and what came is stored after it.
SECONDS_OVER = 45
FAILURES_BEFORE_QUIET = 2
SHORTEST_QUIET, LONGEST_QUIET = timedelta(seconds=30), timedelta(minutes=10)
LIMITED = timedelta(minutes=1)
PASSING = frozenset({Verdict.RATE_LIMITED, Verdict.UNAVAILABLE})
TRIED_AGAIN = frozenset({FailureReason.TOKEN_REFUSED, FailureReason.RENEWAL_REFUSED})
"""A consent that may be lost, and may not: so it is not left to a person alone."""
# Exact blocks who gets more than ten refusals in an hour.
REFUSED = timedelta(minutes=10)
NO_TROUBLE: dict[str, Any] = {
    "failures": 0,
    "quiet_until": None,
    "quiet_why": "",
    "trouble": "",
    "trouble_why": "",
    "troubled_at": None,
}


class ConnectionBusy(Exception):
    """Somebody else asks this connection now, until ``until`` at most."""

    def __init__(self, until: datetime) -> None:
        super().__init__("another request is in flight")
        self.until = until


@contextmanager
def connection_lock(
    connection: BookkeepingConnection, seconds: float
) -> Iterator[ConnectionLine]:
    """The line of a connection, for ``seconds`` at most. Raises ConnectionBusy."""
    now, token = database_now(), uuid.uuid4()
    lines = ConnectionLine.objects.filter(connection=connection)
    line_of(connection)
    until = now + timedelta(seconds=seconds + SECONDS_OVER)
    free = lines.filter(Q(lease_until=None) | Q(lease_until__lt=now))
    if not free.update(lease_token=token, lease_until=until):
        raise ConnectionBusy(lines.get().lease_until or until)
    try:
        yield lines.get()
    finally:
        lines.filter(lease_token=token).update(lease_token=None, lease_until=None)


def line_of(connection: BookkeepingConnection) -> ConnectionLine:
    """The line as it is, whoever holds it."""
    lines = ConnectionLine.objects.filter(connection=connection)
    if not lines.exists():
        ConnectionLine.objects.bulk_create(
            [ConnectionLine(connection=connection)], ignore_conflicts=True
        )
    return lines.get()


def raise_if_backing_off(line: ConnectionLine, *, urgent: bool) -> None:
    """Do not ask a package that limits us or is down.

    ``urgent``: a person who just repaired something may ask all the same, but not
    against a limit. Raises NoAnswer with the verdict that made it quiet.
    """
    now = timezone.now()
    if line.quiet_until is None or line.quiet_until <= now:
        return
    why = Verdict(line.quiet_why)
    if urgent and why != Verdict.RATE_LIMITED:
        return
    waits = why in PASSING or line.trouble_why in TRIED_AGAIN
    raise NoAnswer(
        why, FailureReason.QUIET, retry_at=line.quiet_until if waits else None
    )


def record_answer(line: ConnectionLine, limits: dict[str, Any]) -> None:
    _save(
        line,
        **NO_TROUBLE,
        answered_at=timezone.now(),
        limits=limits or line.limits,
    )


def record_failure(
    line: ConnectionLine,
    no: NoAnswer,
    limits: dict[str, Any],
    *,
    refused: bool = False,
) -> None:
    """After a second failure the connection is left alone, longer each time.

    ``refused``: the package answered that we may not, whatever came of that.
    """
    now, failures = timezone.now(), line.failures
    until: datetime | None = now + REFUSED
    if no.verdict == Verdict.RATE_LIMITED:
        until = no.retry_at or now + LIMITED
    elif no.verdict == Verdict.UNAVAILABLE:
        failures += 1
        quiet = _quiet_after(failures, now)
        waits = (quiet, no.retry_at, now + REFUSED if refused else None)
        until = max((each for each in waits if each), default=None)
    _save(
        line,
        failures=failures,
        quiet_until=until,
        quiet_why=no.verdict if until else "",
        limits=limits or line.limits,
        **_told(line, no, now),
    )


def _told(line: ConnectionLine, no: NoAnswer, now: datetime) -> dict[str, Any]:
    """What went wrong; that there is no consent now does not hide how it was lost."""
    if no.reason == FailureReason.NO_CONSENT and line.trouble:
        return {}
    return {"trouble": no.verdict, "trouble_why": no.reason, "troubled_at": now}


def clear_backoff(connection: BookkeepingConnection) -> None:
    """Forget the trouble: somebody consented anew."""
    ConnectionLine.objects.filter(connection=connection).update(**NO_TROUBLE)


def _quiet_after(failures: int, now: datetime) -> datetime | None:
    if failures < FAILURES_BEFORE_QUIET:
        return None
    doublings = min(failures - FAILURES_BEFORE_QUIET, 10)
    quiet: timedelta = SHORTEST_QUIET * 2**doublings
    return now + min(quiet, LONGEST_QUIET)


def _save(line: ConnectionLine, **facts: Any) -> None:
    """Only while the line is ours: a late answer changes nothing."""
    ConnectionLine.objects.filter(
        pk=line.pk, lease_token=line.lease_token, lease_until__gt=ClockTimestamp()
    ).update(**facts)
