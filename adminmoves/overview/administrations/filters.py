"""The filters of the list of administrations."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from adminmoves.models import Administration
from adminmoves.models.administration import IN_USE, AdministrationQuerySet
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


def shows_only_some(chosen: dict[str, str], matches: FoundText | None) -> bool:
    """Whether the text alone matches so many that only some of them are listed.

    To order them by name, PostgreSQL would read all of them. Another filter beside the
    text is narrow enough.
    """
    return matches is not None and matches.is_common and set(chosen) == {"q"}


def filtered(
    chosen: dict[str, str], matches: FoundText | None
) -> AdministrationQuerySet:
    condition = Q()
    if matches is not None:
        some = shows_only_some(chosen, matches)
        condition &= matches.some() if some else matches.every()
    if office := chosen.get("kantoor"):
        condition &= Q(environment__office_code__iexact=office)
    if package := chosen.get("pakket"):
        condition &= Q(package=package)
    if answer := chosen.get("onderweg"):
        condition &= _under_way(answer)
    return Administration.objects.filter(condition)


def _under_way(answer: str) -> Q:
    # At most one move of an administration is open, so this join repeats no row.
    is_open = Q(moves__state__in=OPEN_STATES)
    return {"ja": is_open, "nee": ~is_open & IN_USE}.get(answer, ~IN_USE)
