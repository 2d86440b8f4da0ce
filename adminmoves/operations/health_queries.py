"""Reads the health of the portal from the database: numbers and rows.

Every query reads open moves, running attempts or the last day, so that it costs the
same when millions of moves have ended.
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

from adminmoves.bookkeeping.grants import cannot_be_asked
from adminmoves.models import (
    Attempt,
    BookkeepingConnection,
    ConnectionCall,
    Effect,
    Move,
    WorkerBeat,
)
from adminmoves.models.clock import ClockTimestamp
from adminmoves.scheduling.open_since import open_since
from adminmoves.scheduling.windows import closed_offices
from adminmoves.vocabulary import ENDED_STATES, Look, MoveState

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MAX_RUNS = 100
MAX_OFFICES = 10
MAX_DOUBTS = 20
NOT_ENDED = [state for state in MoveState if state not in ENDED_STATES]
ALIVE, SILENT = Look("activity", "green"), Look("triangle-alert", "red")
BUCKETS_SECONDS = (1, 5, 15, 60, 300, 1800)
"""Upper bounds of the histogram of how long runs last."""


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """Approved moves: ``due`` may start now, ``scheduled`` wait for their moment.

    A move that a window or a freeze held up waits only since that ended.
    """

    due: int
    scheduled: int
    due_since: datetime | None
    untouched_since: datetime | None

    @property
    def untouched(self) -> timedelta:
        """The time that the oldest due move waits without any worker looking at it."""
        since = self.untouched_since
        return max(timezone.now() - since, timedelta()) if since else timedelta()


@dataclass(frozen=True, slots=True)
class Office:
    """An office in the queue: how many moves are due, and since when the first is."""

    code: str
    name: str
    due: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Calls:
    """Requests to a package with one outcome; lengths in milliseconds."""

    package: str
    outcome: str
    calls: int
    average: float
    longest: int


def queue() -> QueueFigures:
    now = timezone.now()
    is_due, since = _may_start(now), _waits_since(now)
    # Offices take turns, so a move may wait while its office has a run; that is no
    # sign that the queue stands still.
    at_work = Move.objects.filter(state=MoveState.RUNNING).values_list(
        "from_environment", "to_environment"
    )
    busy = {office for pair in at_work for office in pair}
    has_turn = is_due & ~Q(from_environment__in=busy) & ~Q(to_environment__in=busy)
    looked_at = Greatest(since, Coalesce("dispatched_at", since))
    totals = Move.objects.filter(state=MoveState.APPROVED).aggregate(
        due=Count("pk", filter=is_due),
        scheduled=Count("pk", filter=~is_due),
        due_since=Min(since, filter=is_due),
        untouched_since=Min(looked_at, filter=has_turn),
    )
    return QueueFigures(**totals)


def offices_in_queue() -> list[Office]:
    """The offices with the most due moves."""
    now = timezone.now()
    due = Move.objects.filter(_may_start(now), state=MoveState.APPROVED).order_by()
    rows = due.values_list("from_environment__office_code", "from_environment__name")
    counted = rows.annotate(due=Count("pk"), since=Min(_waits_since(now)))
    return [Office(*row) for row in counted.order_by("-due", "since")[:MAX_OFFICES]]


def _may_start(now: datetime) -> Q:
    """Approved moves whose moment has come, outside closed windows and freezes."""
    come = Q(not_before=None) | Q(not_before__lte=now)
    return come & closed_offices(now).let_run()


def _waits_since(now: datetime) -> Greatest:
    moment = Coalesce("not_before", "approved_at")
    return Greatest("approved_at", moment, open_since(now))


def runs() -> QuerySet[Attempt]:
    """Runs that go on, the longest first, each with its last ``step``."""
    # By id alone PostgreSQL might walk the whole ledger backwards.
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
    """Count runs whose lease ended more than a lease ago, and that nobody took over."""
    late = ClockTimestamp() - timedelta(seconds=settings.PORTAL_LEASE_SECONDS)
    left = Attempt.objects.filter(
        ended_at=None, lease_until__lt=late, move__state=MoveState.RUNNING
    )
    # A run without a worker yielded in order, and waits for its turn.
    return left.exclude(worker="").count()


def open_moves() -> dict[str, int]:
    """Count moves by open state; an absent state has none."""
    rows = Move.objects.filter(state__in=NOT_ENDED).order_by().values_list("state")
    return dict(rows.annotate(Count("pk")))


def ended_moves() -> dict[str, int]:
    """Count moves that ended within a day, by their last state."""
    rows = _ended_within_a_day().filter(state__in=ENDED_STATES).values_list("state")
    return dict(rows.annotate(Count("pk")))


def run_lengths() -> tuple[dict[str, int], float]:
    """Return the histogram of the runs of the last day, and the sum of their seconds.

    It is cumulative; its keys are bounds in seconds as text, and "+Inf" for all.
    """
    ran = _ended_within_a_day().filter(started_at__isnull=False)
    lasted = F("ended_at") - F("started_at")
    counts = {
        str(seconds): Count("pk", filter=Q(length__lte=timedelta(seconds=seconds)))
        for seconds in BUCKETS_SECONDS
    }
    totals = ran.annotate(length=lasted).aggregate(
        **{f"up_to_{seconds}": count for seconds, count in counts.items()},
        all=Count("pk"),
        together=Sum("length"),
    )
    together = (totals["together"] or timedelta()).total_seconds()
    filled = {seconds: totals[f"up_to_{seconds}"] for seconds in counts}
    return {**filled, "+Inf": totals["all"]}, together


def repeats() -> tuple[int, int]:
    """Count second and later attempts, and takeovers: of open runs and of a day."""
    totals = [
        attempts.order_by().aggregate(
            retries=Count("pk", filter=Q(number__gt=1)),
            takeovers=Coalesce(Sum("takeovers"), 0),
        )
        for attempts in (
            Attempt.objects.filter(ended_at=None),
            Attempt.objects.filter(
                ended_at__isnull=False, move__in=_ended_within_a_day().values("pk")
            ),
        )
    ]
    return sum(counts["retries"] for counts in totals), sum(
        counts["takeovers"] for counts in totals
    )


def package_calls() -> list[Calls]:
    """Requests of the last hour by package and outcome; "" means that it answered."""
    recent = ConnectionCall.objects.filter(at__gte=timezone.now() - HOUR).order_by()
    rows = recent.values_list("connection__package", "outcome").annotate(
        Count("pk"), Avg("milliseconds"), Max("milliseconds")
    )
    return [Calls(*row) for row in rows.order_by("connection__package", "outcome")]


@dataclass(frozen=True, slots=True)
class Process:
    """A process with its last heartbeat, and the moves that it carries out now."""

    beat: WorkerBeat
    silent: bool
    moves: tuple[Move, ...]

    @property
    def look(self) -> Look:
        return SILENT if self.silent else ALIVE


def processes(running: Iterable[Attempt]) -> list[Process]:
    """Processes heard within a day, workers first, with the moves of these runs."""
    moves_by_worker = {attempt.worker: attempt.move for attempt in running}
    return [
        Process(
            beat,
            silent=beat.silent,
            moves=tuple(
                moves_by_worker[name] for name in beat.doing if name in moves_by_worker
            ),
        )
        for beat in WorkerBeat.objects.with_silence().order_by("-kind", "name")
    ]


def troubled_connections() -> int:
    """Count connections that are not asked now, or have no valid consent."""
    return BookkeepingConnection.objects.filter(cannot_be_asked()).count()


def workers() -> dict[str, int]:
    """Count processes that are alive, by kind."""
    alive = WorkerBeat.objects.alive().order_by().values_list("kind")
    return dict(alive.annotate(Count("pk")))


def _ended_within_a_day() -> QuerySet[Move]:
    return Move.objects.filter(ended_at__gte=timezone.now() - DAY).order_by()
