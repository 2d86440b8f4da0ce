"""The summary above the list: what waits, what went wrong, how long it takes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.safestring import SafeString

from adminmoves.access import Actor, can
from adminmoves.bookkeeping.grants import needs_consent
from adminmoves.models import BookkeepingConnection, Move
from adminmoves.models.numbers import number_of
from adminmoves.models.sql import fetch_as, sql_beside
from adminmoves.overview.moves.filters import since
from adminmoves.vocabulary import Action, MoveState, Right
from adminmoves.web.fragments import FragmentCache
from adminmoves.web.lists import CAP

DAYS = 14
MOST_OFFICES = 200
TALLEST_BAR = 84
"""Units of the chart's viewBox, as all places and heights of a bar."""
CHARTS = FragmentCache("overview/list_chart.html", max_size=20)

STATEMENT = sql_beside(__file__, "summary")


class SummaryRow(NamedTuple):
    """The columns of ``summary.sql``."""

    waiting: int
    waiting_since: datetime | None
    in_doubt: int
    failed: int
    lead_time: timedelta | None
    done_per_day: list[int]
    failed_per_day: list[int]
    offices: list[dict[str, str]]
    planned_id: int | None
    planned_created_at: datetime
    planned_not_before: datetime
    planned_name: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart. ``done`` is CAP + 1 where it was more than CAP."""

    day: date
    done: int
    failed: int
    x: int
    top_done: int
    high_done: int
    top_failed: int
    high_failed: int
    is_today: bool

    @property
    def shown(self) -> int:
        return min(self.done, CAP)

    @property
    def is_capped(self) -> bool:
        return self.done > CAP


@dataclass(frozen=True, slots=True)
class Chart:
    """``most``: the top of its scale."""

    bars: tuple[Bar, ...]
    most: int

    @property
    def today(self) -> Bar:
        return self.bars[-1]

    @property
    def done(self) -> int:
        return sum(bar.shown for bar in self.bars)

    @property
    def failed(self) -> int:
        return sum(bar.failed for bar in self.bars)

    @property
    def is_capped(self) -> bool:
        """Whether more than CAP were completed on a day."""
        return any(bar.is_capped for bar in self.bars)

    @property
    def html(self) -> SafeString:
        # The chart is its own key: its template gets nothing else.
        return CHARTS.render(self, chart=self)


@dataclass(frozen=True, slots=True)
class Planned:
    number: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Consents:
    """Requests that wait for an administrator's consent at a package.

    ``moves`` is CAP + 1 where it is more than CAP; ``connections`` need the consent, as
    the list of connections counts them.
    """

    moves: int
    connections: int

    @property
    def shown(self) -> int:
        return min(self.moves, CAP)

    @property
    def is_capped(self) -> bool:
        return self.moves > CAP


@dataclass(frozen=True, slots=True)
class Summary:
    """``waiting``: requests to decide on, or for who may not approve, drafts that came
    back to them. ``offices``: pairs of code and name, for the filter to suggest.
    """

    approves: bool
    files: bool
    waiting: int
    waiting_since: datetime | None
    in_doubt: int
    failed: int
    lead_time: timedelta | None
    chart: Chart
    planned: Planned | None
    offices: tuple[tuple[str, str], ...]
    consents: Consents | None

    @property
    def to_decide(self) -> int:
        return self.in_doubt + self.failed

    @property
    def is_calm(self) -> bool:
        consents = self.consents.moves if self.consents else 0
        return not (self.waiting or self.to_decide or consents)

    @property
    def is_of_newest(self) -> bool:
        """Whether the median is that of the newest CAP alone."""
        return self.chart.done > CAP


def load_summary(actor: Actor) -> Summary:
    row = _read(actor)
    return Summary(
        approves=can(actor, Action.APPROVE),
        files=can(actor, Right.DRAFT),
        waiting=row.waiting,
        waiting_since=row.waiting_since,
        in_doubt=row.in_doubt,
        failed=row.failed,
        lead_time=row.lead_time,
        chart=_chart(row),
        planned=_planned(row),
        offices=tuple((item["office_code"], item["name"]) for item in row.offices),
        consents=_consents() if can(actor, Right.KEEP_ESTATE) else None,
    )


def _read(actor: Actor) -> SummaryRow:
    params = {
        "me": actor.user_id,
        "approves": can(actor, Action.APPROVE),
        "since": since(DAYS),
        "days": [since(days) for days in range(DAYS, 0, -1)],
        "next_days": [since(days) for days in range(DAYS - 1, -1, -1)],
        "counted": CAP + 1,
        "newest": CAP,
        "offices": MOST_OFFICES,
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, params)
        return fetch_as(cursor, SummaryRow)[0]


def _chart(row: SummaryRow) -> Chart:
    per_day = list(zip(row.done_per_day, row.failed_per_day, strict=True))
    most = _round_up(max(min(done, CAP) + failed for done, failed in per_day))
    bars = (_bar(place, *counts, most) for place, counts in enumerate(per_day))
    return Chart(tuple(bars), most)


def _planned(row: SummaryRow) -> Planned | None:
    if row.planned_id is None:
        return None
    number = number_of(row.planned_id, row.planned_created_at)
    return Planned(number, row.planned_name, row.planned_not_before)


def _consents() -> Consents:
    """Two more queries, and only for administrators, who give the consents."""
    connections = BookkeepingConnection.objects.filter(needs_consent())
    waiting = Move.objects.filter(
        state=MoveState.AWAITING_BOOKKEEPING, to_connection__in=connections
    )
    return Consents(waiting.order_by()[: CAP + 1].count(), connections.count())


def _round_up(count: int) -> int:
    """The top of the scale: an even number, since the chart marks half of it too."""
    step: int = 10 ** max(len(str(count)) - 1, 0)
    top = -(-count // step) * step
    return max(top + top % 2, 2)


def _bar(place: int, done: int, failed: int, most: int) -> Bar:
    day = timezone.localdate() - timedelta(days=DAYS - 1 - place)
    high_done = round(min(done, CAP) * TALLEST_BAR / most)
    # A single failure next to many completed moves has to be visible.
    high_failed = max(round(failed * TALLEST_BAR / most), 3) if failed else 0
    foot = 6 + TALLEST_BAR
    return Bar(
        day=day,
        done=done,
        failed=failed,
        x=30 + place * 34,
        top_done=foot - high_done,
        high_done=high_done,
        # On top of the completed ones, with a gap of one unit.
        top_failed=foot - high_done - high_failed - (1 if done and failed else 0),
        high_failed=high_failed,
        is_today=place == DAYS - 1,
    )
