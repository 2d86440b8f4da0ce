"""What trying to log in may cost, decided before a password is looked at.

The failed tries are those that django-axes keeps: a name at an address is locked by
it; here their number per address and in all is bounded, and how many hashes this
process computes at once, so that pages are served while somebody tries passwords.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q, Sum, Value
from django.db.models.functions import Least
from django.utils import timezone

from adminmoves.access import SYSTEM
from adminmoves.account.signin.actions import line_of
from adminmoves.audit import trail
from adminmoves.vocabulary import EventCode

TRIES = Least(F("failures_since_start"), Value(settings.AXES_FAILURE_LIMIT))
"""Further tries on a locked name cost nothing and count for nothing."""
BUSY = timedelta(seconds=5)
"""When to try again while all turns are taken."""
_turns = threading.BoundedSemaphore(settings.PORTAL_SIGN_INS_AT_ONCE)


@contextmanager
def turn() -> Iterator[bool]:
    """Whether this process has room for one more password now; nobody waits for it,
    since a thread that waits serves no page."""
    has_turn = _turns.acquire(blocking=False)
    try:
        yield has_turn
    finally:
        if has_turn:
            _turns.release()


def wait_for(address: str | None) -> timedelta:
    """How long nobody may try from this address; zero where they may.

    Past the limit for all, those addresses wait that failed themselves: who never
    failed gets in, whatever others try.
    """
    now = timezone.now()
    found = AccessAttempt.objects.filter(
        attempt_time__gt=now - settings.AXES_COOLOFF_TIME
    ).aggregate(
        every=Sum(TRIES, default=0),
        own=Sum(TRIES, filter=Q(ip_address=address), default=0),
        last=Max("attempt_time", filter=Q(ip_address=address)),
    )
    too_many = found["own"] >= settings.PORTAL_SIGN_IN_FAILURES_PER_ADDRESS
    too_many |= bool(
        found["own"] and found["every"] >= settings.PORTAL_SIGN_IN_FAILURES_IN_ALL
    )
    last: datetime | None = found["last"]
    if last is None or not too_many:
        return timedelta()
    return last + settings.AXES_COOLOFF_TIME - now


def lock_ends_in(name: str, address: str | None) -> timedelta:
    """How long a locked name stays so; tries in the meantime do not count."""
    last = AccessAttempt.objects.filter(username=name, ip_address=address).aggregate(
        last=Max("attempt_time")
    )["last"]
    if last is None:
        return timedelta()
    left: timedelta = last + settings.AXES_COOLOFF_TIME - timezone.now()
    return max(left, timedelta(seconds=1))


def count_while_locked(name: str, address: str | None) -> None:
    """One more try on a locked name: a number in a row, and no line of the trail."""
    attempts = AccessAttempt.objects.filter(username=name, ip_address=address)
    newest = attempts.order_by("-attempt_time").values("pk")[:1]
    attempts.filter(pk__in=newest).update(
        failures_since_start=F("failures_since_start") + 1
    )


class Handler(AxesDatabaseHandler):  # type: ignore[misc] # django-axes has no types
    """Django-axes, which forgets what is over as we do."""

    def clean_expired_user_attempts(self, *_asked: object) -> int:
        return clean_up()


@transaction.atomic
def clean_up() -> int:
    """Forget what is over; how often a locked name was tried is written down once."""
    over = timezone.now() - settings.AXES_COOLOFF_TIME
    gone = AccessAttempt.objects.select_for_update(skip_locked=True).filter(
        attempt_time__lte=over
    )
    lines = []
    for attempt in gone:
        more = attempt.failures_since_start - settings.AXES_FAILURE_LIMIT
        if more > 0:
            told = {"tries_while_locked": more}
            name = attempt.username or ""
            lines.append(line_of(name, EventCode.SIGN_IN_FAILED, told))
    AccessAttempt.objects.filter(pk__in=[attempt.pk for attempt in gone]).delete()
    if lines:
        trail.record(SYSTEM, lines)
    return len(gone)
