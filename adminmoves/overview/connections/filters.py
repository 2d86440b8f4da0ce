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

from adminmoves.bookkeeping.grants import cannot_be_asked, needs_consent
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
CANNOT_ASK = "hapert"
"""A filter of several groups, to which the page of operations links."""
STATES = [
    *((key, group.label) for key, group in GROUPS.items()),
    (CANNOT_ASK, _("Left alone or without consent")),
]
BY_OFFICE = Order("office_code", descending=False)
BY_STATE = Order("group", descending=False, read=int)
SOME_NAME = r'[\[ ]"[^"]'
"""Matches a JSON array of names in which one is not empty."""


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


def filter_connections(chosen: dict[str, str]) -> QuerySet[BookkeepingConnection]:
    """Connections with all that ``status_of`` needs, without their long lists."""
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
    if status == CANNOT_ASK:
        found = found.filter(cannot_be_asked())
    elif status:
        found = found.filter(Exact(_group(), GROUPS[status]))
    return found.annotate(group=_group()) if chosen.get("volgorde") else found


def _group() -> Case:
    """``ConnectionStatus.state`` as a group in SQL, to filter and sort by."""
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
    """Connections whose list names its owners, and none of them is the expected one."""
    ours = Func(Lower("package_environment"), function="to_jsonb")
    owners = Lower(Cast(OWNERS, TextField()))
    # Compared with its JSON quotes, so that no name is found inside another.
    is_among = StrIndex(owners, Cast(ours, TextField()))
    is_seen = Q(shown__observed_environment__iexact=F("package_environment"))
    names_owner = ~Q(shown__observed_environment="") | Q(Regex(owners, SOME_NAME))
    return Q(shown__isnull=False) & names_owner & ~is_seen & Q(Exact(is_among, 0))
