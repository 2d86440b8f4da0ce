"""What waits for a worker: moves that are due, and runs that nobody holds."""

import time
from collections import Counter, deque
from collections.abc import Collection

from django.conf import settings
from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from adminmoves.execution.lease import lease_time
from adminmoves.models import Attempt, Document, Move, QueueSwitch
from adminmoves.models.clock import ClockTimestamp
from adminmoves.rules.plan import moves_archive
from adminmoves.scheduling.windows import closed_offices
from adminmoves.vocabulary import MoveState

LOOKED_AT_ENOUGH = 50
"""So many due moves are looked up at once."""
SECONDS_FRESH = 0.5
ROOM = 7001
"""Our class of advisory locks: of an office, while a run looks for room in it."""


def unclaimed_runs() -> QuerySet[Attempt]:
    """Runs that no worker holds now."""
    return Attempt.objects.filter(
        ended_at=None,
        lease_until__lt=ClockTimestamp(),
        move__state=MoveState.RUNNING,
    )


def expired_runs() -> QuerySet[Attempt]:
    """Runs whose worker is silent for longer than its lease."""
    return unclaimed_runs().exclude(worker="")


def yielded_runs() -> QuerySet[Attempt]:
    """Runs whose worker stepped aside; the one that waits longest first."""
    return unclaimed_runs().filter(worker="").order_by("heartbeat_at")


def others_wait(attempt: Attempt) -> bool:
    """Whether somebody would have a turn if this run stepped aside."""
    return bool(due_now()) or unclaimed_runs().exclude(pk=attempt.pk).exists()


class DueMoves:
    """Moves that are due, each office in its turn; looked up again before it grows
    old, so that an urgent one does not wait for those that were looked up with it.

    What another worker has just taken is looked up once, not over and over.
    """

    def __init__(self) -> None:
        self._ids: deque[int] = deque()
        self._are_all = False
        self._fresh_until = 0.0

    def next(self) -> int | None:
        is_old = time.monotonic() > self._fresh_until
        if is_old or not (self._ids or self._are_all):
            self._ids = deque(due_now())
            self._are_all = len(self._ids) < LOOKED_AT_ENOUGH
            self._fresh_until = time.monotonic() + SECONDS_FRESH
        return self._ids.popleft() if self._ids else None


def due_now() -> list[int]:
    """Ids of moves that may start: urgent ones first, then the offices in turn and each
    one's longest waiting first. What could not start is looked at again later.
    """
    if QueueSwitch.objects.is_paused():
        return []
    now = timezone.now()
    fresh = now - lease_time() / 10
    turn = Window(
        RowNumber(), partition_by="from_environment", order_by=("approved_at",)
    )
    started = Move.objects.filter(
        from_environment=OuterRef("from_environment"), started_at__isnull=False
    ).order_by("-started_at")
    return list(
        Move.objects.due(now)
        .filter(closed_offices(now).let_run(), ~_of_offices(_busy_offices()))
        .filter(Q(dispatched_at=None) | Q(dispatched_at__lt=fresh))
        .annotate(turn=turn, office_started=Subquery(started.values("started_at")[:1]))
        .order_by(
            "-urgent",
            F("dispatched_at").asc(nulls_first=True),
            "turn",
            # Each look counts turns anew: who was served least lately comes first.
            F("office_started").asc(nulls_first=True),
            "approved_at",
        )
        .values_list("pk", flat=True)[:LOOKED_AT_ENOUGH]
    )


def has_files(move: Move) -> bool:
    """Whether a run of this move has files to copy."""
    return moves_archive(move.move_type) and (
        Document.objects.filter(administration=move.administration_id).exists()
    )


def _of_offices(offices: Collection[int]) -> Q:
    return Q(from_environment__in=offices) | Q(to_environment__in=offices)


def _busy_offices() -> list[int]:
    """Offices that have as many runs as they may have at once."""
    running = Move.objects.filter(state=MoveState.RUNNING).values_list(
        "from_environment", "to_environment"
    )
    counts = Counter(office for pair in running for office in set(pair))
    most = settings.PORTAL_RUNS_PER_OFFICE
    return [office for office, count in counts.items() if office and count >= most]


def finds_room(move: Move) -> bool:
    """Whether its offices may have one run more; others decide this one by one."""
    offices = sorted({move.from_environment_id or 0, move.to_environment_id or 0})
    with connection.cursor() as cursor:
        for office in offices:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ROOM, office])
    return not set(offices) & set(_busy_offices())
