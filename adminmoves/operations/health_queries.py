"""What the database says of the portal's work: numbers and rows, changed by nobody.

Every query here reads open moves, running attempts or the last day, so that it costs
the same when millions of moves have ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import (
    Avg,
    Count,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from adminmoves.bookkeeping.grants import held_up
from adminmoves.models import (
    Attempt,
    BookkeepingConnection,
    ConnectionCall,
    Effect,
    Move,
    WorkerBeat,
)
from adminmoves.models.clock import ClockTimestamp
from adminmoves.scheduling.open_since import opened
from adminmoves.scheduling.windows import closed_offices
from adminmoves.vocabulary import ENDED_STATES, Look, MoveState

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MOST_RUNS = 100
MOST_OFFICES = 10
MOST_DOUBTS = 20
NOT_ENDED = [state for state in MoveState if state not in ENDED_STATES]
ALIVE, SILENT = Look("activity", "green"), Look("triangle-alert", "red")
BUCKETS = (1, 5, 15, 60, 300, 1800)
"""Seconds that a run may last, for the histogram."""


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """What may start now, what waits for its moment or for its office's hours, and
    since when the first may start. What was held did not wait until it was let go."""

    due: int
    scheduled: int
    due_since: datetime | None
    untouched_since: datetime | None

    @property
    def untouched(self) -> timedelta:
        """How long the oldest due move waits that no worker looked at."""
        since = self.untouched_since
        return max(timezone.now() - since, timedelta()) if since else timedelta()


@dataclass(frozen=True, slots=True)
class Office:
    """An office in the queue: how many moves may start, and since when the first."""

    code: str
    name: str
    due: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Calls:
    """Requests to a package that ended alike; lengths in milliseconds."""

    package: str
    outcome: str
    calls: int
    average: float
    longest: int


def queue() -> QueueFigures:
    now = timezone.now()
    is_due, since = _may_start(now), _waits_since(now)
    # An office takes its turns; while a run of it goes on, others of it may wait.
    at_work = Move.objects.filter(state=MoveState.RUNNING).values_list(
        "from_environment", "to_environment"
    )
    busy = {office for pair in at_work for office in pair}
    has_turn = is_due & ~Q(from_environment__in=busy) & ~Q(to_environment__in=busy)
    looked_at = Greatest(since, Coalesce("dispatched_at", since))
    told = Move.objects.filter(state=MoveState.APPROVED).aggregate(
        due=Count("pk", filter=is_due),
        scheduled=Count("pk", filter=~is_due),
        due_since=Min(since, filter=is_due),
        untouched_since=Min(looked_at, filter=has_turn),
    )
    return QueueFigures(**told)


def offices_in_queue() -> list[Office]:
    """The offices of which most moves may start."""
    now = timezone.now()
    due = Move.objects.filter(_may_start(now), state=MoveState.APPROVED).order_by()
    rows = due.values_list("from_environment__office_code", "from_environment__name")
    counted = rows.annotate(due=Count("pk"), since=Min(_waits_since(now)))
    return [Office(*row) for row in counted.order_by("-due", "since")[:MOST_OFFICES]]


def _may_start(now: datetime) -> Q:
    """Of approved moves: their moment has come, and nothing holds them."""
    come = Q(not_before=None) | Q(not_before__lte=now)
    return come & closed_offices(now).let_run()


def _waits_since(now: datetime) -> Greatest:
    moment = Coalesce("not_before", "approved_at")
    return Greatest("approved_at", moment, opened(now))


def runs() -> QuerySet[Attempt]:
    """Runs that are not over, the longest first, each with its last ``step``."""
    # Not by id alone: a plan could walk through the whole ledger backwards for it.
    last = Effect.objects.filter(attempt=OuterRef("pk")).order_by("-done_at", "-pk")
    return (
        Attempt.objects.filter(ended_at=None, move__state=MoveState.RUNNING)
        .select_related("move__administration")
        .annotate(step=Subquery(last.values("step")[:1]))
        .order_by("started_at")
    )


def doubts() -> QuerySet[Move]:
    return (
        Move.objects.filter(state=MoveState.IN_DOUBT)
        .select_related("administration")
        .order_by("state_since")
    )


def leases_past_due() -> int:
    """Runs that were left behind and that nobody took over for another lease."""
    late = ClockTimestamp() - timedelta(seconds=settings.PORTAL_LEASE_SECONDS)
    left = Attempt.objects.filter(
        ended_at=None, lease_until__lt=late, move__state=MoveState.RUNNING
    )
    # Without a worker it was let go of in order, and has its turn to come.
    return left.exclude(worker="").count()


def open_moves() -> dict[str, int]:
    """How many moves are in each state that is not an end; absent means none."""
    rows = Move.objects.filter(state__in=NOT_ENDED).order_by().values_list("state")
    return dict(rows.annotate(Count("pk")))


def ended_moves() -> dict[str, int]:
    """How many moves ended in each way within the last day."""
    rows = _of_the_last_day().filter(state__in=ENDED_STATES).values_list("state")
    return dict(rows.annotate(Count("pk")))


def run_lengths() -> tuple[dict[str, int], float]:
    """Of runs that were over within the last day: how many lasted up to each bucket
    (by its seconds, "+Inf" for all), and all their seconds together."""
    ran = _of_the_last_day().filter(started_at__isnull=False)
    lasted = F("ended_at") - F("started_at")
    counts = {
        str(seconds): Count("pk", filter=Q(length__lte=timedelta(seconds=seconds)))
        for seconds in BUCKETS
    }
    told = ran.annotate(length=lasted).aggregate(
        **{f"up_to_{seconds}": count for seconds, count in counts.items()},
        all=Count("pk"),
        together=Sum("length"),
    )
    together = (told["together"] or timedelta()).total_seconds()
    filled = {seconds: told[f"up_to_{seconds}"] for seconds in counts}
    return {**filled, "+Inf": told["all"]}, together


def repeats() -> tuple[int, int]:
    """Second and later attempts, and takeovers, of runs of now and of the last day."""
    told = [
        attempts.order_by().aggregate(
            retries=Count("pk", filter=Q(number__gt=1)),
            takeovers=Coalesce(Sum("takeovers"), 0),
        )
        for attempts in (
            Attempt.objects.filter(ended_at=None),
            Attempt.objects.filter(
                ended_at__isnull=False, move__in=_of_the_last_day().values("pk")
            ),
        )
    ]
    return sum(one["retries"] for one in told), sum(one["takeovers"] for one in told)


def package_calls() -> list[Calls]:
    """Requests of the last hour, by package and outcome (empty: it answered)."""
    recent = ConnectionCall.objects.filter(at__gte=timezone.now() - HOUR).order_by()
    rows = recent.values_list("connection__package", "outcome").annotate(
        Count("pk"), Avg("milliseconds"), Max("milliseconds")
    )
    return [Calls(*row) for row in rows.order_by("connection__package", "outcome")]


@dataclass(frozen=True, slots=True)
class Process:
    """One that shows it is alive, or did: ``moves`` are the runs it holds now."""

    beat: WorkerBeat
    silent: bool
    moves: tuple[Move, ...]

    @property
    def look(self) -> Look:
        return SILENT if self.silent else ALIVE


def processes(running: Iterable[Attempt]) -> list[Process]:
    """All that were heard within a day, workers first, and which runs they hold."""
    held = {attempt.worker: attempt.move for attempt in running}
    return [
        Process(
            beat,
            silent=beat.silent,
            moves=tuple(held[name] for name in beat.doing if name in held),
        )
        for beat in WorkerBeat.objects.with_silence().order_by("-kind", "name")
    ]


def troubled_connections() -> int:
    """How many connections are left alone now, or have no consent that holds."""
    return BookkeepingConnection.objects.filter(held_up()).count()


def workers() -> dict[str, int]:
    """How many processes of each kind are alive."""
    alive = WorkerBeat.objects.alive().order_by().values_list("kind")
    return dict(alive.annotate(Count("pk")))


def _of_the_last_day() -> QuerySet[Move]:
    return Move.objects.filter(ended_at__gte=timezone.now() - DAY).order_by()
