"""When a move may run: in the windows of both its offices, and in no freeze.

A lead may let a move run outside the windows; a freeze stops every move.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from adminmoves.models import ExecutionWindow, Freeze, Move
from adminmoves.models.postgres import shared_advisory_lock
from adminmoves.models.sql import fetch_as, sql_beside
from adminmoves.scheduling.times import Closed, Frozen, Hours, Times
from adminmoves.vocabulary import MoveState

MAX_MOVES_COMPARED = 500

# In SQL: each look at the queue reads them, and the ORM takes longer to build this
# than PostgreSQL to answer it.
TIMES = sql_beside(__file__, "times")
GATES = sql_beside(__file__, "gates").replace("{times}", TIMES)
GATE_LOCK = 7002
"""Our class of advisory locks: a trigger takes it alone when somebody pauses the queue
or changes a window or a freeze; the start of a move shares it."""


class Gates(NamedTuple):
    """The only row of gates.sql; hours and freezes are for ``parse_times``."""

    now: datetime
    is_paused: bool
    hours: list[list[Any]]
    freezes: list[list[Any]]


@dataclass(frozen=True, slots=True)
class ClosedOffices:
    """Which offices are closed now, by id.

    ``inside`` and ``outside`` have hours of their own; ``others_outside`` is about all
    offices that have none.
    """

    all_frozen: bool
    frozen: frozenset[int]
    inside: frozenset[int]
    outside: frozenset[int]
    others_outside: bool

    def let_run(self) -> Q:
        """A filter: the moves of which both offices are open."""
        if self.all_frozen:
            return Q(pk__in=())
        hours = _both(self.inside) if self.others_outside else _neither(self.outside)
        return _neither(self.frozen) & (Q(outside_windows=True) | hours)


def closed_offices(now: datetime) -> ClosedOffices:
    times = read_times()
    active = [freeze for freeze in times.freezes if freeze.is_on(now)]
    own = frozenset(office for office in times.hours if office is not None)
    inside = frozenset(office for office in own if times.is_open(office, now))
    return ClosedOffices(
        all_frozen=any(freeze.office is None for freeze in active),
        frozen=frozenset(
            freeze.office for freeze in active if freeze.office is not None
        ),
        inside=inside,
        outside=own - inside,
        others_outside=not times.is_open(None, now),
    )


def delayed_moves(setting: ExecutionWindow | Freeze, now: datetime) -> list[Move]:
    """The approved moves that run later with a setting than without, soonest first.

    The setting need not be stored. Of many moves the first MAX_MOVES_COMPARED count.
    """
    without = read_times(leave_out=setting)
    moves = Move.objects.filter(state=MoveState.APPROVED).order_by("approved_at")
    both = without, without.with_setting(setting)
    return [
        move
        for move in moves[:MAX_MOVES_COMPARED]
        if _later(*(times.closed(move, now) for times in both))
    ]


def share_gates() -> None:
    """Lock the pause, the windows and the freezes until this transaction ends.

    A start takes this lock first: two orders would be a deadlock.
    """
    shared_advisory_lock(GATE_LOCK, 0)


def may_start_now(move: Move) -> bool:
    """Whether its moment has come, the queue is open and so are both its offices."""
    with connection.cursor() as cursor:
        # By the clock of the database, which refuses a start by the same clock.
        cursor.execute(GATES)
        gates = fetch_as(cursor, Gates)[0]
    is_due = move.not_before is None or move.not_before <= gates.now
    times = parse_times(gates.hours, gates.freezes)
    return is_due and times.closed(move, gates.now) is None and not gates.is_paused


def _later(before: Closed | None, after: Closed | None) -> bool:
    if after is None or before == after:
        return False
    if before is None or after.until is None:
        return True
    return before.until is not None and after.until > before.until


def read_times(leave_out: ExecutionWindow | Freeze | None = None) -> Times:
    with connection.cursor() as cursor:
        cursor.execute(TIMES)
        hours, freezes = cursor.fetchone()
    if isinstance(leave_out, Freeze):
        freezes = [row for row in freezes if row[0] != leave_out.pk]
    elif leave_out:
        hours = [row for row in hours if row[0] != leave_out.pk]
    return parse_times(hours, freezes)


def parse_times(
    hours: Iterable[Sequence[Any]], freezes: Iterable[Sequence[Any]]
) -> Times:
    """From the two columns of times.sql."""
    by_office: dict[int | None, list[Hours]] = {}
    for _pk, office, weekdays, *clocks in hours:
        window = Hours(weekdays, *map(time.fromisoformat, clocks))
        by_office.setdefault(office, []).append(window)
    frozen = (
        Frozen(
            name,
            office,
            datetime.fromisoformat(start),
            datetime.fromisoformat(end) if end else None,
        )
        for _pk, name, office, start, end in freezes
    )
    return Times(by_office, tuple(frozen))


def _both(offices: frozenset[int]) -> Q:
    return Q(from_environment__in=offices, to_environment__in=offices)


def _neither(offices: frozenset[int]) -> Q:
    return ~Q(from_environment__in=offices) & ~Q(to_environment__in=offices)
