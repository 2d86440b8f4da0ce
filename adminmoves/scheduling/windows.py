"""When a move may run: in the windows of both its offices, and in no freeze.

A lead may let a move run outside the windows; a freeze stops every move.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import NamedTuple, TypedDict

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


class WindowItem(TypedDict):
    """An item of times.sql; ``opens`` and ``closes`` in ISO 8601, local time."""

    id: int
    office: int | None
    weekdays: list[int]
    opens: str
    closes: str


class FreezeItem(TypedDict):
    """An item of times.sql; the moments in ISO 8601."""

    id: int
    name: str
    office: int | None
    starts_at: str
    ends_at: str | None


class Gates(NamedTuple):
    """The only row of gates.sql."""

    now: datetime
    is_paused: bool
    hours: list[WindowItem]
    freezes: list[FreezeItem]


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
        freezes = [item for item in freezes if item["id"] != leave_out.pk]
    elif leave_out:
        hours = [item for item in hours if item["id"] != leave_out.pk]
    return parse_times(hours, freezes)


def parse_times(hours: Iterable[WindowItem], freezes: Iterable[FreezeItem]) -> Times:
    """From the two columns of times.sql."""
    by_office: dict[int | None, list[Hours]] = {}
    for item in hours:
        opens, closes = map(time.fromisoformat, (item["opens"], item["closes"]))
        window = Hours(item["weekdays"], opens, closes)
        by_office.setdefault(item["office"], []).append(window)
    return Times(by_office, tuple(map(_parse_freeze, freezes)))


def _parse_freeze(item: FreezeItem) -> Frozen:
    end = item["ends_at"]
    return Frozen(
        item["name"],
        item["office"],
        starts_at=datetime.fromisoformat(item["starts_at"]),
        ends_at=datetime.fromisoformat(end) if end else None,
    )


def _both(offices: frozenset[int]) -> Q:
    return Q(from_environment__in=offices, to_environment__in=offices)


def _neither(offices: frozenset[int]) -> Q:
    return ~Q(from_environment__in=offices) & ~Q(to_environment__in=offices)
