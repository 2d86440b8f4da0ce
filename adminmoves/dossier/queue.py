"""What a queued move may expect: its place, and how long it usually takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median

from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from adminmoves.models import Move
from adminmoves.vocabulary import MoveState

ENOUGH, LOOKED_AT = 5, 50
MOST_COUNTED = 1000
EVENING = time(20)


@dataclass(frozen=True, slots=True)
class Usual:
    """The median of recent moves; None while there are too few to tell."""

    wait: timedelta | None
    run: timedelta | None


def usual() -> Usual:
    recent = Move.objects.filter(
        state=MoveState.COMPLETED,
        approved_at__isnull=False,
        started_at__isnull=False,
        ended_at__isnull=False,
    ).order_by("-ended_at")
    could_start = Greatest("approved_at", Coalesce("not_before", "approved_at"))
    spans = recent.annotate(
        waited=F("started_at") - could_start, ran=F("ended_at") - F("started_at")
    ).values_list("waited", "ran")[:LOOKED_AT]
    waits, runs = zip(*spans, strict=True) if spans else ((), ())
    return Usual(_middle(waits), _middle(runs))


def _middle(spans: Iterable[timedelta]) -> timedelta | None:
    seconds = [span.total_seconds() for span in spans]
    if len(seconds) < ENOUGH:
        return None
    return timedelta(seconds=max(1, round(median(seconds))))


def place_in_queue(move: Move) -> int | None:
    """How many due moves are ahead, and one.

    None where its moment is to come, or where so many are ahead that nobody counts.
    """
    if move.state != MoveState.APPROVED or move.is_scheduled:
        return None
    due = Move.objects.due(timezone.now())
    ahead = due.filter(approved_at__lt=move.approved_at).order_by()
    place = ahead[:MOST_COUNTED].count() + 1
    return place if place <= MOST_COUNTED else None


def next_evening() -> datetime:
    """Today at eight, or tomorrow where that has passed."""
    now = timezone.localtime()
    evening = timezone.make_aware(datetime.combine(now.date(), EVENING))
    return evening if evening > now else evening + timedelta(days=1)
