"""What stands above the list: who is needed, what went wrong, how fast it goes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.safestring import SafeString

from adminmoves.access import Actor, can
from adminmoves.bookkeeping.grants import needs_consent
from adminmoves.models import BookkeepingConnection, Move
from adminmoves.models.move import number_of
from adminmoves.overview.moves.filters import since
from adminmoves.vocabulary import Action, MoveState, Right
from adminmoves.web.fragments import FragmentCache
from adminmoves.web.lists import CAP

DAYS = 14
MOST_OFFICES = 200
CHART = 112, 84
"""Height of the picture and of its tallest bar."""
CHARTS = FragmentCache("overview/list_chart.html", max_size=20)

# One statement, so that the page costs one question however much it tells.
TOLD = """
WITH for_me AS (
    (SELECT m.state_since FROM adminmoves_move m
     WHERE m.state = 'AWAITING_APPROVAL'
       AND NOT EXISTS (SELECT FROM adminmoves_contributor c
                       WHERE c.move_id = m.id AND c.user_id = %(me)s)
     ORDER BY m.state_since LIMIT %(counted)s)
    UNION ALL
    (SELECT r.requested_at FROM adminmoves_retirement r
     WHERE r.outcome = '' AND r.requested_by_id <> %(me)s
     ORDER BY r.requested_at LIMIT %(counted)s)
), sent_back AS (
    SELECT m.state_since FROM adminmoves_move m
    WHERE m.state = 'DRAFT' AND m.has_question AND m.requested_by_id = %(me)s
    ORDER BY m.state_since LIMIT %(counted)s
), waiting AS (
    SELECT state_since FROM for_me WHERE %(approves)s
    UNION ALL
    SELECT state_since FROM sent_back WHERE NOT %(approves)s
), failed AS (
    SELECT m.ended_at FROM adminmoves_move m
    WHERE m.state = 'FAILED'
    ORDER BY m.state_since DESC LIMIT %(counted)s
), days AS (
    -- Each day is counted by itself and no further than a list counts.
    SELECT place, (
        SELECT count(*) FROM (
            SELECT FROM adminmoves_move m
            WHERE m.state = 'COMPLETED' AND m.ended_at >= began
              AND m.ended_at < began_next LIMIT %(counted)s) AS counted) AS done,
        (SELECT count(*) FROM failed
         WHERE ended_at >= began AND ended_at < began_next) AS failed
    FROM unnest(%(days)s::timestamptz[], %(next_days)s::timestamptz[])
         WITH ORDINALITY AS day (began, began_next, place)
), leads AS (
    SELECT m.ended_at - m.submitted_at AS lead FROM adminmoves_move m
    WHERE m.state = 'COMPLETED' AND m.ended_at >= %(since)s
    ORDER BY m.ended_at DESC LIMIT %(newest)s
), planned AS (
    SELECT m.id, m.created_at, m.not_before, a.name
    FROM adminmoves_move m
    JOIN adminmoves_administration a ON a.id = m.administration_id
    WHERE m.state = 'APPROVED' AND m.not_before > now()
    ORDER BY m.not_before LIMIT 1
)
SELECT (SELECT count(*) FROM waiting),
       (SELECT min(state_since) FROM waiting),
       (SELECT count(*) FROM (SELECT FROM adminmoves_move
                              WHERE state = 'IN_DOUBT' LIMIT %(counted)s) AS doubtful),
       (SELECT count(*) FROM failed),
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY lead) FROM leads),
       (SELECT json_agg(json_build_array(done, failed) ORDER BY place) FROM days),
       (SELECT coalesce(json_agg(json_build_array(office_code, name)), '[]')
        FROM (SELECT office_code, name FROM adminmoves_environment
              ORDER BY lower(office_code) LIMIT %(offices)s) AS picked),
       planned.id, planned.created_at, planned.not_before, planned.name
FROM (SELECT) AS once LEFT JOIN planned ON true
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart, with what SVG wants to know. ``done``: CAP + 1 is more."""

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
class Planned:
    number: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Consents:
    """Requests that wait for an administrator's consent at a package; CAP + 1 is more.

    ``connections``: how many connections need one, as the list counts that it leads to.
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
class Strip:
    """``waiting`` is for who approves: their queue; for others: what came back.

    ``offices``: the first ones, by code and name, for the filter to suggest.
    """

    approves: bool
    files: bool
    waiting: int
    waiting_since: datetime | None
    in_doubt: int
    failed: int
    lead_time: timedelta | None
    bars: tuple[Bar, ...]
    planned: Planned | None
    most: int
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
    def done(self) -> int:
        return sum(bar.shown for bar in self.bars)

    @property
    def is_capped(self) -> bool:
        """Whether more was done on some day than anybody counts."""
        return any(bar.is_capped for bar in self.bars)

    @property
    def is_of_newest(self) -> bool:
        """Whether the median leaves out some that were completed in these days."""
        return self.done > CAP

    @property
    def broken(self) -> int:
        return sum(bar.failed for bar in self.bars)

    @property
    def chart(self) -> SafeString:
        return CHARTS.render((self.bars, self.most), strip=self)

    @property
    def today(self) -> Bar:
        return self.bars[-1]


def strip_for(actor: Actor) -> Strip:
    approves = can(actor, Action.APPROVE)
    asked = {
        "me": actor.user_id,
        "approves": approves,
        "since": since(DAYS),
        "days": [since(days) for days in range(DAYS, 0, -1)],
        "next_days": [since(days) for days in range(DAYS - 1, -1, -1)],
        "counted": CAP + 1,
        "newest": CAP,
        "offices": MOST_OFFICES,
    }
    with connection.cursor() as cursor:
        cursor.execute(TOLD, asked)
        waiting, oldest, doubt, failed, lead, days, *rest = cursor.fetchone()
    offices, number, made, at, name = rest
    most = _round_up(max(min(done, CAP) + failed for done, failed in days))
    return Strip(
        approves=approves,
        files=can(actor, Right.DRAFT),
        waiting=waiting,
        waiting_since=oldest,
        in_doubt=doubt,
        failed=failed,
        lead_time=lead,
        bars=tuple(
            _bar(place, done, failed, most) for place, (done, failed) in enumerate(days)
        ),
        planned=Planned(number_of(number, made), name, at) if number else None,
        most=most,
        offices=tuple((code, name) for code, name in offices),
        consents=_consents() if can(actor, Right.KEEP_ESTATE) else None,
    )


def _consents() -> Consents:
    """For who gives them. Two questions more, and only for administrators."""
    connections = BookkeepingConnection.objects.filter(needs_consent())
    waiting = Move.objects.filter(
        state=MoveState.AWAITING_BOOKKEEPING, to_connection__in=connections
    )
    return Consents(waiting.order_by()[: CAP + 1].count(), connections.count())


def _round_up(count: int) -> int:
    """The top of the scale: an even number, so that half of it is whole."""
    step: int = 10 ** max(len(str(count)) - 1, 0)
    top = -(-count // step) * step
    return max(top + top % 2, 2)


def _bar(place: int, done: int, failed: int, most: int) -> Bar:
    day = timezone.localdate() - timedelta(days=DAYS - 1 - place)
    tallest = CHART[1]
    high_done = round(min(done, CAP) * tallest / most)
    high_failed = max(round(failed * tallest / most), 3) if failed else 0
    foot = 6 + tallest
    return Bar(
        day=day,
        done=done,
        failed=failed,
        x=30 + place * 34,
        top_done=foot - high_done,
        high_done=high_done,
        top_failed=foot - high_done - high_failed - (1 if done and failed else 0),
        high_failed=high_failed,
        is_today=place == DAYS - 1,
    )
