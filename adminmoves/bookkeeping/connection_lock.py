"""The lock on a connection, and its back-off after failures.

One request is in flight per connection, over all workers. The lock is a row with a
lease, so that no transaction stays open while a package is asked.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypedDict

from django.db.models import Q
from django.utils import timezone

from adminmoves.bookkeeping.answers import NoAnswer
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.models import BookkeepingConnection, ConnectionLine
from adminmoves.models.clock import ClockTimestamp, database_now
from adminmoves.vocabulary import Verdict

# Added to the lease: a connection may be made after the deadline, and its answer is
# stored after it.
EXTRA_LEASE_SECONDS = 45
FAILURES_BEFORE_QUIET = 2
SHORTEST_QUIET, LONGEST_QUIET = timedelta(seconds=30), timedelta(minutes=10)
LIMITED = timedelta(minutes=1)
PASSING = frozenset({Verdict.RATE_LIMITED, Verdict.UNAVAILABLE})
TRIED_AGAIN = frozenset({FailureReason.TOKEN_REFUSED, FailureReason.RENEWAL_REFUSED})
"""The consent may or may not be lost, so we try again next to asking a person."""
# Exact blocks a client after ten refusals in an hour.
REFUSED = timedelta(minutes=10)
NO_TROUBLE: dict[str, object] = {
    "failures": 0,
    "quiet_until": None,
    "quiet_why": "",
    "trouble": "",
    "trouble_why": "",
    "troubled_at": None,
}


class TroubleColumns(TypedDict, total=False):
    trouble: Verdict
    trouble_why: FailureReason
    troubled_at: datetime


class ConnectionBusy(Exception):
    """Another request is in flight, until ``until`` at most."""

    def __init__(self, until: datetime) -> None:
        super().__init__("another request is in flight")
        self.until = until


@contextmanager
def connection_lock(
    connection: BookkeepingConnection, seconds: float
) -> Iterator[ConnectionLine]:
    """Lock a connection for ``seconds`` at most. Raises ConnectionBusy."""
    now, token = database_now(), uuid.uuid4()
    lines = ConnectionLine.objects.filter(connection=connection)
    line_of(connection)
    until = now + timedelta(seconds=seconds + EXTRA_LEASE_SECONDS)
    free = lines.filter(Q(lease_until=None) | Q(lease_until__lt=now))
    if not free.update(lease_token=token, lease_until=until):
        raise ConnectionBusy(lines.get().lease_until or until)
    try:
        yield lines.get()
    finally:
        lines.filter(lease_token=token).update(lease_token=None, lease_until=None)


def line_of(connection: BookkeepingConnection) -> ConnectionLine:
    """The row of a connection, made if it is missing, locked or not."""
    lines = ConnectionLine.objects.filter(connection=connection)
    if not lines.exists():
        ConnectionLine.objects.bulk_create(
            [ConnectionLine(connection=connection)], ignore_conflicts=True
        )
    return lines.get()


def raise_if_backing_off(line: ConnectionLine, *, urgent: bool) -> None:
    """Raise NoAnswer while a connection backs off, with the verdict of the cause.

    ``urgent``: a person who just repaired something may ask all the same, except
    against a limit of the package.
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


def record_answer(line: ConnectionLine, limits: Mapping[str, object]) -> None:
    _save(
        line,
        **NO_TROUBLE,
        answered_at=timezone.now(),
        limits=limits or line.limits,
    )


def record_failure(
    line: ConnectionLine,
    no: NoAnswer,
    limits: Mapping[str, object],
    *,
    refused: bool = False,
) -> None:
    """Store a failure; from the second one on the back-off doubles.

    ``refused``: the last request got a refusal, whatever its verdict.
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
        **_trouble_columns(line, no, now),
    )


def _trouble_columns(
    line: ConnectionLine, no: NoAnswer, now: datetime
) -> TroubleColumns:
    # NO_CONSENT does not overwrite the trouble that lost the consent.
    if no.reason == FailureReason.NO_CONSENT and line.trouble:
        return {}
    return {"trouble": no.verdict, "trouble_why": no.reason, "troubled_at": now}


def clear_backoff(connection: BookkeepingConnection) -> None:
    """Clear the trouble of a connection, after a new consent."""
    ConnectionLine.objects.filter(connection=connection).update(**NO_TROUBLE)


def _quiet_after(failures: int, now: datetime) -> datetime | None:
    if failures < FAILURES_BEFORE_QUIET:
        return None
    doublings = min(failures - FAILURES_BEFORE_QUIET, 10)
    quiet: timedelta = SHORTEST_QUIET * 2**doublings
    return now + min(quiet, LONGEST_QUIET)


def _save(line: ConnectionLine, **facts: object) -> None:
    # Only while the lock is ours: an answer after the lease changes nothing.
    ConnectionLine.objects.filter(
        pk=line.pk, lease_token=line.lease_token, lease_until__gt=ClockTimestamp()
    ).update(**facts)
