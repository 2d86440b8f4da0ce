"""The filters of the list of connections."""

from django import forms
from django.db.models import (
    Case,
    F,
    Func,
    JSONField,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Lower, StrIndex
from django.db.models.lookups import Exact, Regex
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from adminmoves.bookkeeping.grants import held_up, needs_consent
from adminmoves.bookkeeping.oauth import registered
from adminmoves.models import BookkeepingConnection
from adminmoves.overview.connections.status import GROUPS, Group
from adminmoves.vocabulary import Package
from adminmoves.web.lists import FilterForm, Order

OWNERS = Func(
    F("shown__rows"),
    Value("$[*].environment"),
    function="jsonb_path_query_array",
    output_field=JSONField(),
)
HELD_UP = "hapert"
"""Counted by the page of operations, which leads here; no group by itself."""
STATES = [
    *((key, group.label) for key, group in GROUPS.items()),
    (HELD_UP, _("Left alone or without consent")),
]
BY_OFFICE = Order("office_code", descending=False)
BY_STATE = Order("group", descending=False, read=int)
SOME_NAME = r'[\[ ]"[^"]'
"""In a JSON array of names: one that is not empty."""


class ConnectionFilters(FilterForm):
    kantoor = forms.CharField(label=_("Office"), max_length=100, required=False)
    pakket = forms.ChoiceField(
        label=_("Package"), choices=[("", _("All")), *Package.choices], required=False
    )
    status = forms.ChoiceField(
        label=_("State"), choices=[("", _("All")), *STATES], required=False
    )
    volgorde = forms.ChoiceField(
        label=_("Order"),
        choices=[("", _("by office")), ("status", _("what needs something first"))],
        required=False,
    )

    @property
    def order(self) -> Order:
        return BY_STATE if self.chosen().get("volgorde") else BY_OFFICE


def found_by(chosen: dict[str, str]) -> QuerySet[BookkeepingConnection]:
    """With how each stands; the lists themselves, which are long, stay unread."""
    found = (
        BookkeepingConnection.objects.select_related(
            "environment", "grant", "line", "shown"
        )
        .defer("shown__rows", "grant__sealed_access", "grant__sealed_refresh")
        .annotate(office_code=F("environment__office_code"), owners=OWNERS)
    )
    if office := chosen.get("kantoor"):
        found = found.filter(environment__office_code__iexact=office)
    if package := chosen.get("pakket"):
        found = found.filter(package=package)
    status = chosen.get("status")
    if status == HELD_UP:
        found = found.filter(held_up())
    elif status:
        found = found.filter(Exact(_group(), GROUPS[status]))
    return found.annotate(group=_group()) if chosen.get("volgorde") else found


def _group() -> Case:
    """The group that ``Standing`` gives, asked in the database so that it can sort."""
    silent = Q(line__quiet_until__gt=timezone.now())
    trouble = silent | (Q(line__isnull=False) & ~Q(line__trouble=""))
    return Case(
        When(~Q(demand=BookkeepingConnection.Demand.API), then=Group.BY_HAND),
        When(~registered(), then=Group.UNREGISTERED),
        When(needs_consent(), then=Group.CONSENT),
        When(_elsewhere(), then=Group.ELSEWHERE),
        When(trouble, then=Group.TROUBLE),
        default=Group.CONNECTED,
    )


def _elsewhere() -> Q:
    """Whose list it is was told, and it is nobody of the connection's own name."""
    ours = Func(Lower("package_environment"), function="to_jsonb")
    owners = Lower(Cast(OWNERS, TextField()))
    # As JSON writes it, in quotes, so that no name is found inside another.
    is_among = StrIndex(owners, Cast(ours, TextField()))
    is_seen = Q(shown__observed_environment__iexact=F("package_environment"))
    is_told = ~Q(shown__observed_environment="") | Q(Regex(owners, SOME_NAME))
    return Q(shown__isnull=False) & is_told & ~is_seen & Q(Exact(is_among, 0))
