"""Since when the hours and freezes of offices let their moves run."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from django.db.models import Case, DateTimeField, Max, Q, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone

from adminmoves.models import Freeze
from adminmoves.scheduling.windows import DAYS_AHEAD, Hours, read_times

SIDES = ("from_environment", "to_environment")
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def opened(now: datetime) -> Greatest:
    """The moment from which an approved move is held by neither, as an expression.

    Of a move that is held now it says nothing. A freeze that ended counts until
    somebody removes it; a beginning of hours counts for who heeds them.
    """
    hours = {office: begin(spans, now) for office, spans in read_times().hours.items()}
    over = Freeze.objects.filter(ends_at__lte=now).order_by()
    thaws = dict(over.values_list("environment").annotate(Max("ends_at")))
    own = {office: moment for office, moment in thaws.items() if office is not None}
    heeds = When(outside_windows=True, then=_at(ALWAYS))
    return Greatest(
        _at(thaws.get(None, ALWAYS)),
        *(_by_office(side, own) for side in SIDES),
        *(_by_office(side, hours, heeds) for side in SIDES),
    )


def begin(spans: Iterable[Hours], now: datetime) -> datetime:
    """When the hours that are on at ``now`` began; spans that touch are one."""
    days = range(-DAYS_AHEAD, 1)
    dates = [timezone.localdate(now) + timedelta(days=count) for count in days]
    known = [one.on(day) for one in spans for day in dates]
    moment = now
    for starts, ends in sorted(filter(None, known), reverse=True):
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
