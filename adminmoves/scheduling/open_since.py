"""Since when the windows and freezes of its offices let a move run, as SQL."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from django.db.models import Case, DateTimeField, Max, Q, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone

from adminmoves.models import Freeze
from adminmoves.scheduling.times import DAYS_AHEAD, Hours
from adminmoves.scheduling.windows import read_times

SIDES = ("from_environment", "to_environment")
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def open_since(now: datetime) -> Greatest:
    """The moment since which an approved move may run, as an expression.

    It means nothing for a move that may not run now. A freeze that ended counts until
    somebody removes it; hours count for moves that do not run outside them.
    """
    hours = {office: begin(spans, now) for office, spans in read_times().hours.items()}
    over = Freeze.objects.filter(ends_at__lte=now).order_by()
    thawed = dict(over.values_list("environment").annotate(Max("ends_at")))
    own = {office: moment for office, moment in thawed.items() if office is not None}
    ignores_hours = When(outside_windows=True, then=_at(ALWAYS))
    return Greatest(
        _at(thawed.get(None, ALWAYS)),
        *(_by_office(side, own) for side in SIDES),
        *(_by_office(side, hours, ignores_hours) for side in SIDES),
    )


def begin(spans: Iterable[Hours], now: datetime) -> datetime:
    """When the hours that are on at ``now`` began; hours that touch count as one."""
    days = range(-DAYS_AHEAD, 1)
    dates = [timezone.localdate(now) + timedelta(days=count) for count in days]
    on_days = [hours.on(day) for hours in spans for day in dates]
    moment = now
    for starts, ends in sorted(filter(None, on_days), reverse=True):
        if starts < moment <= ends:
            moment = starts
    return moment


def _by_office(side: str, moments: Mapping[int | None, datetime], *first: When) -> Case:
    """The moment of the office on one side of the move."""
    offices: dict[datetime, list[int]] = {}
    for office, moment in moments.items():
        if office is not None:
            offices.setdefault(moment, []).append(office)
    return Case(
        *first,
        *(When(Q((f"{side}__in", ids)), then=_at(at)) for at, ids in offices.items()),
        default=_at(moments.get(None, ALWAYS)),
    )


def _at(moment: datetime) -> Value:
    return Value(moment, output_field=DateTimeField())
