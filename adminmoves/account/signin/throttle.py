"""Limits on attempts to log in, checked before a password is.

Django-axes stores the failed attempts and locks a name at an address. Here attempts are
limited per address and in all, and so is the number of hashes that this process
computes at once, so that pages are served while somebody tries passwords.
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
from adminmoves.account.signin.actions import entry_about
from adminmoves.audit import trail
from adminmoves.vocabulary import EventCode

ATTEMPTS = Least(F("failures_since_start"), Value(settings.AXES_FAILURE_LIMIT))
"""Attempts on a locked name do not count: no hash is computed for them."""
BUSY_WAIT = timedelta(seconds=5)
"""After how long to try again while all turns are taken."""
_turns = threading.BoundedSemaphore(settings.PORTAL_SIGN_INS_AT_ONCE)


@contextmanager
def turn() -> Iterator[bool]:
    """Whether this process may check one more password now. It does not wait for that,
    since a thread that waits serves no page."""
    has_turn = _turns.acquire(blocking=False)
    try:
        yield has_turn
    finally:
        if has_turn:
            _turns.release()


def wait_for(address: str | None) -> timedelta:
    """How long nobody may try from this address; zero where they may.

    Past the limit for all addresses together, only those with a failure wait: an attack
    from elsewhere locks nobody else out.
    """
    now = timezone.now()
    found = AccessAttempt.objects.filter(
        attempt_time__gt=now - settings.AXES_COOLOFF_TIME
    ).aggregate(
        every=Sum(ATTEMPTS, default=0),
        own=Sum(ATTEMPTS, filter=Q(ip_address=address), default=0),
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
    """How long a locked name stays locked; attempts meanwhile do not prolong it."""
    last = AccessAttempt.objects.filter(username=name, ip_address=address).aggregate(
        last=Max("attempt_time")
    )["last"]
    if last is None:
        return timedelta()
    left: timedelta = last + settings.AXES_COOLOFF_TIME - timezone.now()
    return max(left, timedelta(seconds=1))


def count_while_locked(name: str, address: str | None) -> None:
    """Count an attempt on a locked name, without an entry in the trail for each."""
    attempts = AccessAttempt.objects.filter(username=name, ip_address=address)
    newest = attempts.order_by("-attempt_time").values("pk")[:1]
    attempts.filter(pk__in=newest).update(
        failures_since_start=F("failures_since_start") + 1
    )


class Handler(AxesDatabaseHandler):  # type: ignore[misc] # django-axes has no types
    """Django-axes, with ``clean_up`` as the way to delete old attempts."""

    def clean_expired_user_attempts(self, *_args: object) -> int:
        return clean_up()


@transaction.atomic
def clean_up() -> int:
    """Delete attempts past the cool-off time; record those on a locked name once.

    Returns how many rows were deleted.
    """
    over = timezone.now() - settings.AXES_COOLOFF_TIME
    # Two processes may clean up at once: each takes rows that the other does not.
    expired = AccessAttempt.objects.select_for_update(skip_locked=True).filter(
        attempt_time__lte=over
    )
    entries = []
    for attempt in expired:
        more = attempt.failures_since_start - settings.AXES_FAILURE_LIMIT
        if more > 0:
            params = {"tries_while_locked": more}
            name = attempt.username or ""
            entries.append(entry_about(name, EventCode.SIGN_IN_FAILED, params))
    AccessAttempt.objects.filter(pk__in=[attempt.pk for attempt in expired]).delete()
    if entries:
        trail.record(SYSTEM, entries)
    return len(expired)
