"""Checks whether the portal can do its work: one line for each thing that it needs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import redis
from django.conf import settings
from django.db import Error, transaction
from django.utils import timezone

from adminmoves.models import QueueSwitch, WorkerBeat
from adminmoves.models.clock import database_now
from adminmoves.models.postgres import set_local
from adminmoves.operations import health_queries, stores
from adminmoves.operations.guards import problems
from adminmoves.vocabulary import MoveState, StoreName

MILLISECONDS_TO_ANSWER = 2000
UNKNOWN = "unknown"
"""The unit of a check that the database did not answer."""
MAX_UNTOUCHED = timedelta(minutes=5)
"""The queue stands still if no worker looked at a due move for longer."""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The result of a check. ``value`` counts seconds or things, as ``unit`` says."""

    check: str
    ok: bool
    value: float | None = None
    unit: str = ""


def lines() -> list[HealthCheck]:
    """Run all checks, in the order in which a person should look at them.

    A check that reads the database is not ok while that is away, and its unit is
    "unknown".
    """
    from_database = (_in_time(check) for check in DATABASE_CHECKS)
    return [_database(), _broker(), *_stores(), *from_database]


@contextmanager
def short_timeout() -> Iterator[None]:
    """Limit each statement, so that a slow database does not delay the answer."""
    with transaction.atomic():
        set_local("statement_timeout", str(MILLISECONDS_TO_ANSWER))
        yield


def _database() -> HealthCheck:
    try:
        with short_timeout():
            database_now()
    except Error:
        return HealthCheck("database", ok=False)
    return HealthCheck("database", ok=True)


def _broker() -> HealthCheck:
    timeouts = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
    try:
        with redis.Redis.from_url(settings.CELERY_BROKER_URL, **timeouts) as broker:
            broker.ping()
    except redis.RedisError:
        return HealthCheck("broker", ok=False)
    return HealthCheck("broker", ok=True)


def _stores() -> list[HealthCheck]:
    """Check the archive and the folder with evidence; ``unit`` says why one is away."""
    try:
        with short_timeout():
            mark_by_store = stores.read_marks()
    except Error:
        return [HealthCheck(name.lower(), ok=False, unit=UNKNOWN) for name in StoreName]
    away = stores.away(mark_by_store)
    return [
        HealthCheck(name.lower(), ok=name not in away, unit=away.get(name, ""))
        for name in StoreName
    ]


def _in_time(check: Callable[[], HealthCheck]) -> HealthCheck:
    try:
        with short_timeout():
            return check()
    except Error:
        return HealthCheck(check.__name__, ok=False, unit=UNKNOWN)


def guards() -> HealthCheck:
    """Count the problems; `grant_app_role --check` names them."""
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
    """Always ok while the queue is paused: no worker should look at it then."""
    switch = QueueSwitch.objects.get()
    if switch.paused_at:
        return HealthCheck("queue", ok=True, unit="paused")
    untouched = health_queries.queue().untouched
    if switch.resumed_at:
        untouched = min(untouched, timezone.now() - switch.resumed_at)
    seconds = round(untouched.total_seconds())
    return HealthCheck("queue", untouched < MAX_UNTOUCHED, seconds, "seconds")


def leases() -> HealthCheck:
    count = health_queries.leases_past_due()
    return HealthCheck("leases", count == 0, count, "past due")


def doubts() -> HealthCheck:
    """Always ok: a person has to answer, and no restart helps."""
    count = health_queries.open_moves().get(MoveState.IN_DOUBT, 0)
    return HealthCheck("doubts", ok=True, value=count, unit="to answer")


DATABASE_CHECKS = (guards, worker, asks, beat, queue, leases, doubts)
