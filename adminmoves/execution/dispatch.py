"""Which moves are due, in which order, and how many runs an office has room for."""

import time
from collections import Counter, deque
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from adminmoves.execution.lease import lease_time
from adminmoves.models import Attempt, Move, QueueSwitch
from adminmoves.models.postgres import advisory_lock
from adminmoves.scheduling.windows import closed_offices
from adminmoves.vocabulary import MoveState

MAX_LOOKED_UP = 50
"""The number of due moves that are looked up at once."""
SECONDS_FRESH = 0.5
ROOM_LOCK = 7001
"""Our class of advisory locks: of an office, while a run looks for room in it."""


def due_moves() -> Iterator[int | None]:
    """Ids of due moves, each office in its turn; None while none is due. It has no end.

    They are looked up again before they grow old, so that an urgent one does not wait
    for those that were looked up with it.
    """
    ids: deque[int] = deque()
    are_all, fresh_until = False, 0.0
    while True:
        is_old = time.monotonic() > fresh_until
        # Once all are handed out none is looked up before they are old: otherwise what
        # another worker has just locked would be looked up over and over.
        if is_old or not (ids or are_all):
            ids = deque(due_now())
            are_all = len(ids) < MAX_LOOKED_UP
            fresh_until = time.monotonic() + SECONDS_FRESH
        yield ids.popleft() if ids else None


def due_now() -> list[int]:
    """Ids of moves that may start: urgent ones first, then the offices in turn and each
    one's longest waiting first. What could not start is looked at again later.
    """
    if QueueSwitch.objects.is_paused():
        return []
    busy, now = _busy_offices(), timezone.now()
    # What could not start waits a while, or it would be tried in each round.
    looked_at_since = now - lease_time() / 10
    turn = Window(
        RowNumber(), partition_by="from_environment", order_by=("approved_at",)
    )
    started = Move.objects.filter(
        from_environment=OuterRef("from_environment"), started_at__isnull=False
    ).order_by("-started_at")
    return list(
        Move.objects.due(now)
        .filter(closed_offices(now).let_run())
        .exclude(Q(from_environment__in=busy) | Q(to_environment__in=busy))
        .filter(Q(dispatched_at=None) | Q(dispatched_at__lt=looked_at_since))
        .annotate(turn=turn, office_started=Subquery(started.values("started_at")[:1]))
        .order_by(
            "-urgent",
            # A move that could not start goes behind those that were not tried.
            F("dispatched_at").asc(nulls_first=True),
            "turn",
            # Each look counts turns anew: who was served least lately comes first.
            F("office_started").asc(nulls_first=True),
            "approved_at",
        )
        .values_list("pk", flat=True)[:MAX_LOOKED_UP]
    )


def put_last(move_id: int) -> None:
    """Let the others go before a move that could not start.

    A move that another worker or a person has locked is left to them: to write on it
    would be to wait for it.
    """
    approved = Move.objects.filter(pk=move_id, state=MoveState.APPROVED)
    with transaction.atomic():
        free = approved.select_for_update(skip_locked=True, of=("self",))
        Move.objects.filter(pk__in=free).update(dispatched_at=timezone.now())


def others_wait(attempt: Attempt) -> bool:
    """Whether another move or run would have a turn if this run stepped aside."""
    others = Attempt.objects.unclaimed().exclude(pk=attempt.pk)
    return bool(due_now()) or others.exists()


def _busy_offices() -> list[int]:
    """Ids of offices that have as many runs as a setting allows at once."""
    running = Move.objects.filter(state=MoveState.RUNNING).values_list(
        "from_environment", "to_environment"
    )
    counts = Counter(office for pair in running for office in set(pair))
    most = settings.PORTAL_RUNS_PER_OFFICE
    return [office for office, count in counts.items() if office and count >= most]


def finds_room(move: Move) -> bool:
    """Whether its offices may have one run more.

    Locks the offices until the transaction ends, so that runs are counted one by one.
    """
    # In one order, so that two moves between the same offices make no deadlock.
    offices = sorted({move.from_environment_id or 0, move.to_environment_id or 0})
    for office in offices:
        advisory_lock(ROOM_LOCK, office)
    return not set(offices) & set(_busy_offices())
