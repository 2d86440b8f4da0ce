"""The filters of the list of administrations."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from adminmoves.models import Administration
from adminmoves.models.estate import IN_USE, AdministrationQuerySet
from adminmoves.models.search import FoundText
from adminmoves.vocabulary import OPEN_STATES, Package
from adminmoves.web.lists import FilterForm, Order

BY_NAME = Order("name_key", descending=False)
UNDER_WAY = [
    ("", _("All")),
    ("ja", _("Under way")),
    ("nee", _("At rest")),
    ("uit", _("Retired")),
]


class AdministrationFilters(FilterForm):
    q = forms.CharField(max_length=320, required=False)
    kantoor = forms.CharField(label=_("Office"), max_length=100, required=False)
    pakket = forms.ChoiceField(
        label=_("Package"), choices=[("", _("All")), *Package.choices], required=False
    )
    onderweg = forms.ChoiceField(
        label=_("Migration"), choices=UNDER_WAY, required=False
    )


def is_some(chosen: dict[str, str], known: FoundText | None) -> bool:
    """Whether so many are known by the text alone that only some are looked at.

    The order by name would go through all of them; another filter is narrow enough.
    """
    return known is not None and known.is_common and set(chosen) == {"q"}


def found_by(chosen: dict[str, str], known: FoundText | None) -> AdministrationQuerySet:
    wanted = Q()
    if known is not None:
        wanted &= known.some() if is_some(chosen, known) else known.every()
    if office := chosen.get("kantoor"):
        wanted &= Q(environment__office_code__iexact=office)
    if package := chosen.get("pakket"):
        wanted &= Q(package=package)
    if answer := chosen.get("onderweg"):
        wanted &= _standing(answer)
    return Administration.objects.filter(wanted)


def _standing(answer: str) -> Q:
    """At most one move of an administration is open, so nothing shows twice."""
    under_way = Q(moves__state__in=OPEN_STATES)
    return {"ja": under_way, "nee": ~under_way & IN_USE}.get(answer, ~IN_USE)
