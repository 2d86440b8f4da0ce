"""Hours and freezes of offices as a calendar: when both offices of a move are open.

A moment that the clock skips counts as an hour later, one that it shows twice as the
first.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from adminmoves.models import ExecutionWindow, Freeze, Move

DAYS_AHEAD = 15
"""Hours come back every week, but for those that a change of the clock swallows."""


@dataclass(frozen=True, slots=True)
class Closed:
    """``until``: the first open moment; None if there is none in sight.

    ``freeze`` is the name of the freeze that stops the move; empty: its offices' hours
    do. Without ``until`` either that freeze has no end, or the hours never meet.
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
        """Begin and end, if they begin on that day."""
        if day.weekday() not in self.weekdays:
            return None
        later = timedelta(days=self.closes <= self.opens)
        begin, end = _instant(day, self.opens), _instant(day + later, self.closes)
        return (begin, end) if begin < end else None


@dataclass(frozen=True, slots=True)
class Frozen:
    """A freeze; of all offices if ``office`` is None.

    Until further notice if ``ends_at`` is None.
    """

    name: str
    office: int | None
    starts_at: datetime
    ends_at: datetime | None

    def stops(self, offices: Collection[int], moment: datetime) -> bool:
        is_theirs = self.office is None or self.office in offices
        return is_theirs and self.is_on(moment)

    def is_on(self, moment: datetime) -> bool:
        is_over = self.ends_at is not None and self.ends_at <= moment
        return self.starts_at <= moment and not is_over


@dataclass(frozen=True, slots=True)
class Times:
    """Hours by office (None: of offices without own ones), and freezes not yet over."""

    hours: Mapping[int | None, list[Hours]]
    freezes: tuple[Frozen, ...]

    def closed(self, move: Move, now: datetime) -> Closed | None:
        """Why a move cannot run as soon as it is due, and from when it can."""
        ids = {move.from_environment_id, move.to_environment_id}
        due = max(now, move.not_before or now).astimezone(UTC)
        both = [office for office in ids if office is not None]
        return self.both_closed(both, due, heed_hours=not move.outside_windows)

    def both_closed(
        self, offices: Collection[int], start: datetime, *, heed_hours: bool = True
    ) -> Closed | None:
        """The same of some offices together; None if all are open at ``start``."""
        name, moment = "", start
        ends = [freeze.ends_at for freeze in self.freezes if freeze.ends_at]
        last = max([start, *ends])
        # From one moment at which something opens to the next, until all are open.
        while moment < last + timedelta(days=DAYS_AHEAD):
            if freeze := self.freeze(offices, moment):
                if freeze.ends_at is None:
                    return Closed(None, freeze.name, has_no_end=True)
                name, moment = name or freeze.name, freeze.ends_at
                continue
            opens = [self.opens(office, moment) for office in offices if heed_hours]
            if None in opens:
                break
            later = max([moment, *filter(None, opens)])
            if later == moment:
                return Closed(moment, name) if moment > start else None
            moment = later
        return Closed(None, name)

    def freeze(self, offices: Collection[int], moment: datetime) -> Frozen | None:
        """The freeze that is on at a moment; the one that ends last."""
        active = [freeze for freeze in self.freezes if freeze.stops(offices, moment)]
        return max(active, key=_end, default=None)

    def opens(self, office: int | None, moment: datetime) -> datetime | None:
        """When an office's hours are on: that moment, or when they next begin."""
        hours = self.hours.get(office) or self.hours.get(None)
        if not hours:
            return moment
        for day in _days(moment):
            spans = filter(None, (each.on(day) for each in hours))
            begins = [max(begin, moment) for begin, end in spans if end > moment]
            if begins:
                return min(begins)
        return None

    def has_hours(self, offices: Collection[int | None]) -> bool:
        return any(self.hours.get(office) or self.hours.get(None) for office in offices)

    def with_setting(self, setting: ExecutionWindow | Freeze) -> "Times":
        """As they would be with one window or freeze more."""
        office = setting.environment_id
        if isinstance(setting, Freeze):
            span = setting.starts_at, setting.ends_at
            freeze = Frozen(setting.name, office, *span)
            return replace(self, freezes=(*self.freezes, freeze))
        window = Hours(setting.weekdays, setting.opens, setting.closes)
        hours = [*self.hours.get(office, ()), window]
        return replace(self, hours={**self.hours, office: hours})

    def is_open(self, office: int | None, moment: datetime) -> bool:
        """Whether an office's hours are on."""
        return self.opens(office, moment) == moment


def _end(freeze: Frozen) -> tuple[bool, datetime]:
    """A key to sort by: no end comes after every end."""
    return freeze.ends_at is None, freeze.ends_at or freeze.starts_at


def _instant(day: date, clock: time) -> datetime:
    """In UTC: Python compares moments of one zone by their clocks."""
    return timezone.make_aware(datetime.combine(day, clock)).astimezone(UTC)


def _days(moment: datetime) -> Iterator[date]:
    """From the day before: what began then may still be on."""
    today = timezone.localdate(moment)
    return (today + timedelta(days=count) for count in range(-1, DAYS_AHEAD))
