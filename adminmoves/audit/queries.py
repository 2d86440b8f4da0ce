"""Reading the trail: filters that live in the URL, and the newest page first."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from adminmoves.models import Environment, Event, Move
from adminmoves.models.people import names_apart
from adminmoves.models.search import WINDOW_DAYS, FoundText, at_office, found_by_text
from adminmoves.vocabulary import EventCode, MoveType, Role
from adminmoves.web.lists import CAP, FilterForm, Order

NEWEST = Order()
MOST_OFFICES = 200
MACHINES = (Role.WORKER, Role.SYSTEM)
SLACK_DAYS = 1
"""Transactions at the same time may get ids in another order than moments."""
MAX_EVENT_ID = 2**63 - 1
Choices = Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """The choices of the filters, as (key, label)."""

    people: Choices
    offices: Sequence[tuple[str, str]]


def load_choices() -> FilterChoices:
    """Load both in one query."""
    users = User.objects.order_by().values_list(
        Cast("pk", CharField()),
        "last_name",
        "first_name",
        "username",
        Value(value=True),
    )
    places = Environment.objects.order_by("office_code").values_list(
        "office_code", "name", Value(""), Value(""), Value(value=False)
    )
    people: list[User] = []
    offices = []
    for key, name, first, username, is_person in users.union(
        places[:MOST_OFFICES], all=True
    ):
        if is_person:
            people.append(
                User(pk=int(key), last_name=name, first_name=first, username=username)
            )
        else:
            offices.append((key, name))
    people.sort(
        key=lambda person: (person.last_name, person.first_name, person.username)
    )
    named = [(str(pk), name) for pk, name in names_apart(people).items()]
    machines = [(role.value, role.label) for role in MACHINES]
    return FilterChoices([*named, *machines], sorted(offices))


class HistoryFilters(FilterForm):
    q = forms.CharField(max_length=320, required=False)
    wie = forms.ChoiceField(label=_("Who"), required=False)
    gebeurtenis = forms.ChoiceField(
        label=_("Event"), choices=[("", _("All")), *EventCode.choices], required=False
    )
    soort = forms.ChoiceField(
        label=_("Type"), choices=[("", _("All")), *MoveType.choices], required=False
    )
    kantoor = forms.CharField(label=_("Office"), max_length=100, required=False)
    van = forms.DateField(
        label=_("From day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    tot = forms.DateField(
        label=_("To day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    # Set only by a link, so that the next text searches the window again.
    alles = forms.ChoiceField(choices=[("ja", "")], required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        choices = load_choices()
        self.offices = choices.offices
        self.people = tuple((key, str(label)) for key, label in choices.people)
        who = self.fields["wie"]
        assert isinstance(who, forms.ChoiceField)  # noqa: S101 - declared above
        who.choices = [("", _("Everyone")), *choices.people]

    def offers(self, name: str) -> Hashable:
        return self.people if name == "wie" else ()


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """The filters of the history, and the administrations that its text finds.

    ``chosen`` has the first day of the window if a common text narrowed the query.
    """

    chosen: dict[str, str]
    found_text: FoundText | None
    is_narrowed: bool


def plan_query(chosen: dict[str, str]) -> HistoryQuery:
    is_number = Move.id_from_number(chosen.get("q", "")) is not None
    found_text = None if is_number else found_by_text(chosen)
    is_open = not any(chosen.get(name) for name in ("van", "tot", "alles"))
    if found_text is None or not found_text.finds_many or not is_open:
        return HistoryQuery(chosen, found_text, is_narrowed=False)
    first = timezone.localdate() - timedelta(days=WINDOW_DAYS - 1)
    return HistoryQuery(
        {**chosen, "van": first.isoformat()}, found_text, is_narrowed=True
    )


def events_of(query: HistoryQuery) -> QuerySet[Event]:
    wanted, chosen = Q(), query.chosen
    if who := chosen.get("wie"):
        machine = who in MACHINES
        wanted &= Q(actor_role=who) if machine else Q(actor_id=int(who))
    if code := chosen.get("gebeurtenis"):
        wanted &= Q(code=code)
    if kind := chosen.get("soort"):
        wanted &= Q(move_type=kind)
    if office := chosen.get("kantoor"):
        wanted &= at_office(office, "environment", "other_environment")
    if query.found_text is not None:
        wanted &= query.found_text.about("administration") | query.found_text.of_moves(
            "move"
        )
    elif text := chosen.get("q"):
        wanted &= Q(move__in=Move.objects.filter(Move.numbered(text)))
    return Event.objects.filter(wanted & between(chosen))


def between(chosen: dict[str, str]) -> Q:
    """Whole days in the time zone of the portal, by moment and by id."""
    wanted = Q()
    if first := chosen.get("van"):
        day = date.fromisoformat(first)
        wanted &= Q(
            at__gte=midnight(day), pk__gte=first_event_id(shift_day(day, -SLACK_DAYS))
        )
    if last := chosen.get("tot"):
        after = shift_day(date.fromisoformat(last), 1)
        wanted &= Q(
            at__lt=midnight(after), pk__lt=first_event_id(shift_day(after, SLACK_DAYS))
        )
    return wanted


def shift_day(day: date, days: int) -> date:
    """Shift a day by a number of days, up to the ends of the calendar."""
    ordinal = max(day.toordinal() + days, date.min.toordinal())
    return date.fromordinal(min(ordinal, date.max.toordinal()))


def first_event_id(day: date) -> int:
    """Return the id of the first event of that day or later, else MAX_EVENT_ID.

    The history is read by id, so only a limit on ids ends the reading.
    """
    later = Event.objects.filter(at__gte=midnight(day)).order_by("at")
    found = later.values_list("pk", flat=True).first()
    return MAX_EVENT_ID if found is None else found


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def count(found: QuerySet[Event]) -> int:
    """Count up to CAP, and one more."""
    return found.order_by()[: CAP + 1].count()


def last_verification() -> Event | None:
    checks = Event.objects.filter(code=EventCode.AUDIT_VERIFIED)
    return checks.order_by("-id").first()
