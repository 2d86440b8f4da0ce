"""The filters of the list of connections."""

from django import forms
from django.db.models import F, Func, JSONField, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from adminmoves.listing import FilterForm, Order
from adminmoves.models import BookkeepingConnection
from adminmoves.vocabulary import Package

OWNERS = Func(
    F("shown__rows"),
    Value("$[*].environment"),
    function="jsonb_path_query_array",
    output_field=JSONField(),
)
BY_OFFICE = Order("office_code", descending=False)


class ConnectionFilters(FilterForm):
    kantoor = forms.CharField(label=_("Office"), max_length=100, required=False)
    pakket = forms.ChoiceField(
        label=_("Package"), choices=[("", _("All")), *Package.choices], required=False
    )


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
    return found
