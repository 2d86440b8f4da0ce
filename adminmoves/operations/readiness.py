"""Whether the portal as a whole can do its work: one line per thing it needs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import redis
from django.conf import settings
from django.db import Error, connection, transaction
from django.utils import timezone

from adminmoves.models import QueueSwitch, WorkerBeat
from adminmoves.operations import health_queries, stores
from adminmoves.operations.guards import problems
from adminmoves.vocabulary import MoveState, StoreName

MILLISECONDS_TO_ANSWER = 2000
UNKNOWN = "unknown"
"""The database did not say: the process may well be alive."""
UNTOUCHED = timedelta(minutes=5)
"""A due move that no worker looked at for longer means that the queue stands still."""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One check. ``value`` counts seconds or things, as ``unit`` says."""

    check: str
    ok: bool
    value: float | None = None
    unit: str = ""


def lines() -> list[HealthCheck]:
    """All checks, in the order in which to look at them.

    Without the database nothing is known of what is kept there: those are not ok, and
    say that they are not known.
    """
    asked = (_asked(check) for check in KEPT)
    return [_database(), _broker(), *_stores(), *asked]


@contextmanager
def in_time() -> Iterator[None]:
    """A database that is slow does not keep who asks."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {MILLISECONDS_TO_ANSWER}")
        yield


def _database() -> HealthCheck:
    try:
        with in_time(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HealthCheck("database", ok=False)
    return HealthCheck("database", ok=True)


def _broker() -> HealthCheck:
    patience = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
    try:
        with redis.Redis.from_url(settings.CELERY_BROKER_URL, **patience) as bell:
            bell.ping()
    except redis.RedisError:
        return HealthCheck("broker", ok=False)
    return HealthCheck("broker", ok=True)


def _stores() -> list[HealthCheck]:
    """The archive and the folder with evidence; ``unit`` says why one is away."""
    try:
        with in_time():
            known = stores.known()
    except Error:
        return [HealthCheck(name.lower(), ok=False, unit=UNKNOWN) for name in StoreName]
    away = stores.away(known)
    return [
        HealthCheck(name.lower(), ok=name not in away, unit=away.get(name, ""))
        for name in StoreName
    ]


def _asked(check: Callable[[], HealthCheck]) -> HealthCheck:
    try:
        with in_time():
            return check()
    except Error:
        return HealthCheck(check.__name__, ok=False, unit=UNKNOWN)


def guards() -> HealthCheck:
    """What is wrong stands in the log, and `grant_app_role --check` tells it."""
    count = len(problems())
    return HealthCheck("guards", count == 0, count, "to mend")


def worker() -> HealthCheck:
    count = WorkerBeat.objects.runs().alive().count()
    return HealthCheck("worker", count > 0, count, "alive")


def asks() -> HealthCheck:
    count = WorkerBeat.objects.asks().alive().count()
    return HealthCheck("asks", count > 0, count, "alive")


def beat() -> HealthCheck:
    count = WorkerBeat.objects.beats().alive().count()
    return HealthCheck("beat", count > 0, count, "alive")


def queue() -> HealthCheck:
    """While the queue is paused nobody is meant to look at it."""
    switch = QueueSwitch.objects.get()
    if switch.paused_at:
        return HealthCheck("queue", ok=True, unit="paused")
    untouched = health_queries.queue().untouched
    if switch.resumed_at:
        untouched = min(untouched, timezone.now() - switch.resumed_at)
    seconds = round(untouched.total_seconds())
    return HealthCheck("queue", untouched < UNTOUCHED, seconds, "seconds")


def leases() -> HealthCheck:
    count = health_queries.leases_past_due()
    return HealthCheck("leases", count == 0, count, "past due")


def doubts() -> HealthCheck:
    """Told, and never a reason to be unready: a person has to answer, not a process."""
    count = health_queries.open_moves().get(MoveState.IN_DOUBT, 0)
    return HealthCheck("doubts", ok=True, value=count, unit="to answer")


KEPT = (guards, worker, asks, beat, queue, leases, doubts)
