"""The metrics for Prometheus: counts alone, no names and no codes of offices."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    GaugeHistogramMetricFamily,
    GaugeMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from adminmoves.models import QueueSwitch
from adminmoves.operations import health_queries
from adminmoves.vocabulary import ENDED_STATES, BeatKind, MoveState

ANSWERED = "ANSWERED"
"""The outcome of a request to a package that had no trouble."""


def exposition() -> bytes:
    """Read the database and return the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(HealthCollector())
    return generate_latest(registry)


class HealthCollector(Collector):
    def collect(self) -> Iterable[Metric]:
        yield from _moves()
        yield from _queue()
        yield from _runs()
        yield from _packages()
        yield from _workers()

    def describe(self) -> Iterable[Metric]:
        """Return nothing, so that registering makes no query."""
        return ()


def _moves() -> Iterator[Metric]:
    states = health_queries.open_moves()
    family = GaugeMetricFamily(
        "portal_moves", "Moves that have not ended.", labels=["state"]
    )
    for state in MoveState:
        if state not in ENDED_STATES:
            family.add_metric([state.value], states.get(state, 0))
    yield family
    ended = health_queries.ended_moves()
    family = GaugeMetricFamily(
        "portal_moves_ended_day", "Moves that ended in 24 hours.", labels=["state"]
    )
    for state in ENDED_STATES:
        family.add_metric([state.value], ended.get(state, 0))
    yield family


def _queue() -> Iterator[Metric]:
    queue = health_queries.queue()
    paused = QueueSwitch.objects.is_paused()
    yield GaugeMetricFamily("portal_queue_due", "Moves that may start.", queue.due)
    yield GaugeMetricFamily(
        "portal_queue_scheduled", "Moves that wait for a moment.", queue.scheduled
    )
    yield GaugeMetricFamily(
        "portal_queue_untouched_seconds",
        "How long the oldest due move waits that no worker looked at.",
        queue.untouched.total_seconds(),
    )
    yield GaugeMetricFamily("portal_queue_paused", "1 while paused.", int(paused))


def _runs() -> Iterator[Metric]:
    filled, together = health_queries.run_lengths()
    yield GaugeHistogramMetricFamily(
        "portal_run_seconds_day",
        "How long runs lasted that were over within 24 hours.",
        buckets=list(filled.items()),
        gsum_value=together,
    )
    retries, takeovers = health_queries.repeats()
    yield GaugeMetricFamily(
        "portal_run_retries", "Second and later attempts, 24 h.", retries
    )
    yield GaugeMetricFamily(
        "portal_run_takeovers",
        "Runs taken over from a silent worker, 24 h.",
        takeovers,
    )
    yield GaugeMetricFamily(
        "portal_leases_past_due",
        "Runs that nobody took over in time.",
        health_queries.leases_past_due(),
    )


def _packages() -> Iterator[Metric]:
    labels = ["package", "outcome"]
    calls = GaugeMetricFamily(
        "portal_package_requests_hour", "Newest requests, 1 h.", labels=labels
    )
    average = GaugeMetricFamily(
        "portal_package_seconds_average_hour", "Their mean length.", labels=labels
    )
    longest = GaugeMetricFamily(
        "portal_package_seconds_longest_hour", "The longest.", labels=labels
    )
    for row in health_queries.package_calls():
        values = [row.package, row.outcome or ANSWERED]
        calls.add_metric(values, row.calls)
        average.add_metric(values, row.average / 1000)
        longest.add_metric(values, row.longest / 1000)
    yield from (calls, average, longest)


def _workers() -> Iterator[Metric]:
    alive = health_queries.workers()
    family = GaugeMetricFamily(
        "portal_workers", "Processes that are alive.", labels=["kind"]
    )
    for kind in BeatKind:
        family.add_metric([kind.value], alive.get(kind, 0))
    yield family
