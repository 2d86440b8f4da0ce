"""When a move may run: in the windows of both its offices, and in no freeze.

A lead may let a move run outside the windows; a freeze holds every move. A moment
that the clock skips counts as an hour later, one that it shows twice as the first.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from adminmoves.models import ExecutionWindow, Freeze, Move
from adminmoves.vocabulary import MoveState

DAYS_AHEAD = 15
"""Hours come back every week, but for those that a change of the clock swallows."""
LOOKED_AT = 500

COLUMNS = """
    (SELECT coalesce(json_agg(json_build_array(
         id, environment_id, weekdays, opens, closes)), '[]')
     FROM adminmoves_executionwindow),
    (SELECT coalesce(json_agg(json_build_array(
         id, name, environment_id, starts_at, ends_at)), '[]')
     FROM adminmoves_freeze
     WHERE ends_at IS NULL OR ends_at > statement_timestamp())
"""
"""Hours and freezes, to be read beside other columns; written out, since the queue is
looked at all the time and Django takes longer to write this than it takes to answer."""
READ = f"SELECT {COLUMNS}"
PAUSED = "EXISTS (SELECT FROM adminmoves_queueswitch WHERE paused_at IS NOT NULL)"
GATES = f"SELECT clock_timestamp(), {PAUSED}, {COLUMNS}"
GATE_LOCK = 7002
"""Our class of advisory locks: triggers take it alone where somebody pauses the queue
or changes a window or a freeze; who starts a move shares it."""


@dataclass(frozen=True, slots=True)
class Closed:
    """``until``: the first open moment; None where nobody can tell.

    ``freeze`` names what holds the move; empty: its offices' hours do. Without
    ``until`` either that freeze has no end, or the hours never meet.
    """

    until: datetime | None
    freeze: str = ""
    has_no_end: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """Local time; until the next day where ``closes`` is not after ``opens``."""

    weekdays: Collection[int]
    opens: time
    closes: time

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """Their begin and end, where they begin on a day."""
        if day.weekday() not in self.weekdays:
            return None
        later = timedelta(days=self.closes <= self.opens)
        begin, end = _instant(day, self.opens), _instant(day + later, self.closes)
        return (begin, end) if begin < end else None


@dataclass(frozen=True, slots=True)
class Frozen:
    """A freeze; of all offices where ``office`` is None.

    Until further notice where ``ends_at`` is None.
    """

    name: str
    office: int | None
    starts_at: datetime
    ends_at: datetime | None

    def holds(self, offices: Collection[int], moment: datetime) -> bool:
        meant = self.office is None or self.office in offices
        return meant and self.holds_at(moment)

    def holds_at(self, moment: datetime) -> bool:
        is_over = self.ends_at is not None and self.ends_at <= moment
        return self.starts_at <= moment and not is_over


@dataclass(frozen=True, slots=True)
class Times:
    """All hours by office (None: of who has no own), and the freezes not yet over."""

    hours: Mapping[int | None, list[Hours]]
    freezes: tuple[Frozen, ...]

    def closed(self, move: Move, now: datetime) -> Closed | None:
        """Why a move cannot run as soon as it is due, and from when it can."""
        ids = {move.from_environment_id, move.to_environment_id}
        due = max(now, move.not_before or now).astimezone(UTC)
        both = [one for one in ids if one is not None]
        return self.both_closed(both, due, heed_hours=not move.outside_windows)

    def both_closed(
        self, offices: Collection[int], start: datetime, *, heed_hours: bool = True
    ) -> Closed | None:
        """The same of some offices together; None where all are open at ``start``."""
        name, moment = "", start
        last = max([start, *(one.ends_at for one in self.freezes if one.ends_at)])
        while moment < last + timedelta(days=DAYS_AHEAD):
            if freeze := self.freeze(offices, moment):
                if freeze.ends_at is None:
                    return Closed(None, freeze.name, has_no_end=True)
                name, moment = name or freeze.name, freeze.ends_at
                continue
            opens = [self.opens(one, moment) for one in offices if heed_hours]
            if None in opens:
                break
            later = max([moment, *filter(None, opens)])
            if later == moment:
                return Closed(moment, name) if moment > start else None
            moment = later
        return Closed(None, name)

    def freeze(self, offices: Collection[int], moment: datetime) -> Frozen | None:
        """The freeze that holds at a moment; the one that ends last."""
        holding = (one for one in self.freezes if one.holds(offices, moment))
        return max(holding, key=_end, default=None)

    def opens(self, office: int | None, moment: datetime) -> datetime | None:
        """When an office's hours are on: that moment, or when they next begin."""
        hours = self.hours.get(office) or self.hours.get(None)
        if not hours:
            return moment
        for day in _days(moment):
            spans = filter(None, (one.on(day) for one in hours))
            begins = [max(begin, moment) for begin, end in spans if end > moment]
            if begins:
                return min(begins)
        return None

    def has_hours(self, offices: Collection[int | None]) -> bool:
        return any(self.hours.get(one) or self.hours.get(None) for one in offices)

    def with_setting(self, setting: ExecutionWindow | Freeze) -> "Times":
        """As they would be with one more."""
        office = setting.environment_id
        if isinstance(setting, Freeze):
            span = setting.starts_at, setting.ends_at
            more = Frozen(setting.name, office, *span)
            return replace(self, freezes=(*self.freezes, more))
        own = Hours(setting.weekdays, setting.opens, setting.closes)
        kept = [*self.hours.get(office, ()), own]
        return replace(self, hours={**self.hours, office: kept})

    def is_open(self, office: int | None, moment: datetime) -> bool:
        """Whether an office's hours are on."""
        return self.opens(office, moment) == moment


@dataclass(frozen=True, slots=True)
class ClosedOffices:
    """What holds moves now: offices by id, and whether all of them.

    ``inside`` and ``outside`` have hours of their own; ``others_outside`` tells of
    all that have none.
    """

    all_frozen: bool
    frozen: frozenset[int]
    inside: frozenset[int]
    outside: frozenset[int]
    others_outside: bool

    def let_run(self) -> Q:
        """The moves of which both offices are open."""
        if self.all_frozen:
            return Q(pk__in=())
        hours = _both(self.inside) if self.others_outside else _neither(self.outside)
        return _neither(self.frozen) & (Q(outside_windows=True) | hours)


def closed_offices(now: datetime) -> ClosedOffices:
    """For who looks for moves to start; one query."""
    times = read_times()
    holding = [one for one in times.freezes if one.holds_at(now)]
    own = frozenset(office for office in times.hours if office is not None)
    inside = frozenset(office for office in own if times.is_open(office, now))
    return ClosedOffices(
        all_frozen=any(one.office is None for one in holding),
        frozen=frozenset(one.office for one in holding if one.office is not None),
        inside=inside,
        outside=own - inside,
        others_outside=not times.is_open(None, now),
    )


def held_by(setting: ExecutionWindow | Freeze, now: datetime) -> list[Move]:
    """The approved moves that would run later with it than without, soonest first.

    It need not be stored. Of many moves the first are looked at.
    """
    without = read_times(leave_out=setting)
    moves = Move.objects.filter(state=MoveState.APPROVED).order_by("approved_at")
    both = without, without.with_setting(setting)
    return [
        move
        for move in moves[:LOOKED_AT]
        if _later(*(times.closed(move, now) for times in both))
    ]


def share_gates() -> None:
    """Keep the pause, the windows and the freezes as they are until this transaction
    ends. The first lock of a start, so that two orders make no deadlock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, 0)", [GATE_LOCK])


def may_start_now(move: Move) -> bool:
    """Whether its moment has come, the queue is open and so are both its offices.

    By the clock of the database, which refuses a start by the same clock.
    """
    with connection.cursor() as cursor:
        cursor.execute(GATES)
        now, is_paused, hours, freezes = cursor.fetchone()
    is_due = move.not_before is None or move.not_before <= now
    is_open = times(hours, freezes).closed(move, now) is None
    return is_due and is_open and not is_paused


def _later(before: Closed | None, after: Closed | None) -> bool:
    if after is None or before == after:
        return False
    if before is None or after.until is None:
        return True
    return before.until is not None and after.until > before.until


def read_times(leave_out: ExecutionWindow | Freeze | None = None) -> Times:
    with connection.cursor() as cursor:
        cursor.execute(READ)
        hours, freezes = cursor.fetchone()
    if isinstance(leave_out, Freeze):
        freezes = [row for row in freezes if row[0] != leave_out.pk]
    elif leave_out:
        hours = [row for row in hours if row[0] != leave_out.pk]
    return times(hours, freezes)


def times(hours: Iterable[Sequence[Any]], freezes: Iterable[Sequence[Any]]) -> Times:
    """What the two columns of COLUMNS hold."""
    by_office: dict[int | None, list[Hours]] = {}
    for _pk, office, weekdays, *clocks in hours:
        kept = Hours(weekdays, *map(time.fromisoformat, clocks))
        by_office.setdefault(office, []).append(kept)
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


def _end(freeze: Frozen) -> tuple[bool, datetime]:
    """To compare by: no end comes after every end."""
    return freeze.ends_at is None, freeze.ends_at or freeze.starts_at


def _instant(day: date, clock: time) -> datetime:
    """In UTC: Python compares moments of one zone by their clocks."""
    return timezone.make_aware(datetime.combine(day, clock)).astimezone(UTC)


def _days(moment: datetime) -> Iterator[date]:
    """From the day before: what began then may still be on."""
    today = timezone.localdate(moment)
    return (today + timedelta(days=count) for count in range(-1, DAYS_AHEAD))


def _both(offices: frozenset[int]) -> Q:
    return Q(from_environment__in=offices, to_environment__in=offices)


def _neither(offices: frozenset[int]) -> Q:
    return ~Q(from_environment__in=offices) & ~Q(to_environment__in=offices)
