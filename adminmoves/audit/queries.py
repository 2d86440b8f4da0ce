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
"""Days: what was written at once may have numbers in another order than moments."""
BEYOND = 2**63 - 1
Choices = Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Offered:
    """What the filters offer: everybody who may have done something, machines last;
    and the first offices, by code and name."""

    people: Choices
    offices: Sequence[tuple[str, str]]


def offered() -> Offered:
    """Both in one query."""
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
    people.sort(key=lambda one: (one.last_name, one.first_name, one.username))
    named = [(str(pk), name) for pk, name in names_apart(people).items()]
    machines = [(role.value, role.label) for role in MACHINES]
    return Offered([*named, *machines], sorted(offices))


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
    # Only a link asks for it, so that the next text begins in the window again.
    alles = forms.ChoiceField(choices=[("ja", "")], required=False)

    def __init__(self, asked: Any) -> None:
        super().__init__(asked)
        found = offered()
        self.offices = found.offices
        self.people = tuple((key, str(label)) for key, label in found.people)
        who = self.fields["wie"]
        assert isinstance(who, forms.ChoiceField)  # noqa: S101 - declared above
        who.choices = [("", _("Everyone")), *found.people]

    def offers(self, name: str) -> Hashable:
        return self.people if name == "wie" else ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the history is asked, and which administrations its text finds.

    ``chosen``: with the first day of the window, where a common text set it.
    """

    chosen: dict[str, str]
    known: FoundText | None
    is_narrowed: bool


def ask(chosen: dict[str, str]) -> Asked:
    is_number = Move.id_from_number(chosen.get("q", "")) is not None
    known = None if is_number else found_by_text(chosen)
    is_open = not any(chosen.get(name) for name in ("van", "tot", "alles"))
    if known is None or not known.finds_many or not is_open:
        return Asked(chosen, known, is_narrowed=False)
    first = timezone.localdate() - timedelta(days=WINDOW_DAYS - 1)
    return Asked({**chosen, "van": first.isoformat()}, known, is_narrowed=True)


def found_by(asked: Asked) -> QuerySet[Event]:
    wanted, chosen = Q(), asked.chosen
    if who := chosen.get("wie"):
        machine = who in MACHINES
        wanted &= Q(actor_role=who) if machine else Q(actor_id=int(who))
    if code := chosen.get("gebeurtenis"):
        wanted &= Q(code=code)
    if kind := chosen.get("soort"):
        wanted &= Q(move_type=kind)
    if office := chosen.get("kantoor"):
        wanted &= at_office(office, "environment", "other_environment")
    if asked.known is not None:
        wanted &= asked.known.about("administration") | asked.known.of_moves("move")
    elif text := chosen.get("q"):
        wanted &= Q(move__in=Move.objects.filter(Move.numbered(text)))
    return Event.objects.filter(wanted & between(chosen))


def between(chosen: dict[str, str]) -> Q:
    """Whole days, as the calendar of this country has them."""
    wanted = Q()
    if first := chosen.get("van"):
        day = date.fromisoformat(first)
        wanted &= Q(at__gte=midnight(day), pk__gte=number_at(beside(day, -SLACK_DAYS)))
    if last := chosen.get("tot"):
        after = beside(date.fromisoformat(last), 1)
        wanted &= Q(at__lt=midnight(after), pk__lt=number_at(beside(after, SLACK_DAYS)))
    return wanted


def beside(day: date, days: int) -> date:
    """So many days further, as far as the calendar goes."""
    ordinal = max(day.toordinal() + days, date.min.toordinal())
    return date.fromordinal(min(ordinal, date.max.toordinal()))


def number_at(day: date) -> int:
    """The number of the first event of that day or later; past all where none is.

    By number the history is read, so that reading stops where the days do.
    """
    later = Event.objects.filter(at__gte=midnight(day)).order_by("at")
    found = later.values_list("pk", flat=True).first()
    return BEYOND if found is None else found


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def count(found: QuerySet[Event]) -> int:
    """How many there are, as far as anybody counts."""
    return found.order_by()[: CAP + 1].count()


def last_verification() -> Event | None:
    checks = Event.objects.filter(code=EventCode.AUDIT_VERIFIED)
    return checks.order_by("-id").first()
