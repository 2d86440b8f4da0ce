"""What stands above the list: who is needed, what went wrong, how fast it goes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from adminmoves.access import Actor, can
from adminmoves.overview.moves.filters import since
from adminmoves.vocabulary import Action, Right

DAYS = 14
MOST_OFFICES = 200
CHART = 112, 84
"""Height of the picture and of its tallest bar."""

# One statement, so that the page costs one question however much it tells.
TOLD = """
WITH for_me AS (
    SELECT m.state_since FROM adminmoves_move m
    WHERE m.state = 'AWAITING_APPROVAL'
      AND NOT EXISTS (SELECT FROM adminmoves_contributor c
                      WHERE c.move_id = m.id AND c.user_id = %(me)s)
    ORDER BY m.state_since LIMIT 1001
), sent_back AS (
    SELECT m.state_since FROM adminmoves_move m
    WHERE m.state = 'DRAFT' AND m.has_question AND m.requested_by_id = %(me)s
    ORDER BY m.state_since LIMIT 1001
), waiting AS (
    SELECT state_since FROM for_me WHERE %(approves)s
    UNION ALL
    SELECT state_since FROM sent_back WHERE NOT %(approves)s
), ended AS (
    SELECT m.state, m.ended_at - m.submitted_at AS lead,
           (m.ended_at AT TIME ZONE %(zone)s)::date AS day
    FROM adminmoves_move m
    WHERE m.ended_at >= %(since)s AND m.state IN ('COMPLETED', 'FAILED')
), days AS (
    SELECT day, count(*) FILTER (WHERE state = 'COMPLETED') AS done,
           count(*) FILTER (WHERE state = 'FAILED') AS failed
    FROM ended GROUP BY day
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
                              WHERE state = 'IN_DOUBT' LIMIT 1001) AS doubtful),
       (SELECT count(*) FROM (SELECT FROM adminmoves_move
                              WHERE state = 'FAILED' LIMIT 1001) AS broken),
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY lead) FROM ended
        WHERE state = 'COMPLETED'),
       (SELECT coalesce(json_object_agg(day, json_build_array(done, failed)), '{}')
        FROM days),
       (SELECT coalesce(json_agg(json_build_array(office_code, name)), '[]')
        FROM (SELECT office_code, name FROM adminmoves_environment
              ORDER BY office_code LIMIT %(offices)s) AS picked),
       planned.id, planned.created_at, planned.not_before, planned.name
FROM (SELECT) AS once LEFT JOIN planned ON true
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart, with what SVG wants to know."""

    day: date
    done: int
    failed: int
    x: int
    top_done: int
    high_done: int
    top_failed: int
    high_failed: int
    is_today: bool


@dataclass(frozen=True, slots=True)
class Planned:
    number: str
    name: str
    at: datetime


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

    @property
    def to_decide(self) -> int:
        return self.in_doubt + self.failed

    @property
    def is_calm(self) -> bool:
        return not (self.waiting or self.to_decide)

    @property
    def done(self) -> int:
        return sum(bar.done for bar in self.bars)

    @property
    def broken(self) -> int:
        return sum(bar.failed for bar in self.bars)

    @property
    def done_today(self) -> int:
        return self.bars[-1].done


def strip_for(actor: Actor) -> Strip:
    approves = can(actor, Action.APPROVE)
    asked = {
        "me": actor.user_id,
        "approves": approves,
        "zone": settings.TIME_ZONE,
        "since": since(DAYS),
        "offices": MOST_OFFICES,
    }
    with connection.cursor() as cursor:
        cursor.execute(TOLD, asked)
        waiting, oldest, doubt, failed, lead, days, *rest = cursor.fetchone()
    offices, *planned = rest
    most = _round_up(max((sum(counts) for counts in days.values()), default=0))
    return Strip(
        approves=approves,
        files=can(actor, Right.DRAFT),
        waiting=waiting,
        waiting_since=oldest,
        in_doubt=doubt,
        failed=failed,
        lead_time=lead,
        bars=tuple(_bar(place, days, most) for place in range(DAYS)),
        planned=_planned(*planned) if planned[0] else None,
        most=most,
        offices=tuple((code, name) for code, name in offices),
    )


def _planned(number: int, made: datetime, at: datetime, name: str) -> Planned:
    return Planned(f"M-{timezone.localtime(made).year}-{number:05}", name, at)


def _round_up(count: int) -> int:
    """The top of the scale: an even number, so that half of it is whole."""
    step: int = 10 ** max(len(str(count)) - 1, 0)
    top = -(-count // step) * step
    return max(top + top % 2, 2)


def _bar(place: int, days: dict[str, list[int]], most: int) -> Bar:
    day = timezone.localdate() - timedelta(days=DAYS - 1 - place)
    done, failed = days.get(day.isoformat(), (0, 0))
    tallest = CHART[1]
    high_done = round(done * tallest / most)
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
