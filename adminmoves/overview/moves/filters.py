"""The filters of the list; their names and values are those in the URL."""

from datetime import datetime, timedelta

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from adminmoves.access import Actor, can
from adminmoves.models import Move
from adminmoves.models.move import MoveQuerySet
from adminmoves.models.search import WINDOW_DAYS, FoundText, at_office
from adminmoves.overview.moves.status_tabs import ALL, FOR_ME, OPEN, TABS
from adminmoves.vocabulary import Action, MoveType, Package, Role
from adminmoves.web.lists import FilterForm, Order, micros, moment, query

NEWEST = Order("state_since", read=moment, write=micros)
ANY = [("", _("All"))]
PERIODS = [
    ("", _("All")),
    ("1", _("today")),
    ("7", _("7 days")),
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("a year")),
]
DEFAULTS = {
    Role.SUPPORT_AGENT: {"status": OPEN, "wie": "ik"},
    Role.AUDITOR: {"status": ALL, "periode": "30"},
}


class MoveFilters(FilterForm):
    status = forms.ChoiceField(
        choices=[(key, tab.label) for key, tab in TABS.items()],
        required=False,
        widget=forms.HiddenInput,
    )
    q = forms.CharField(max_length=320, required=False)
    soort = forms.ChoiceField(
        label=_("Type"), choices=[*ANY, *MoveType.choices], required=False
    )
    kantoor = forms.CharField(label=_("Office"), max_length=100, required=False)
    pakket = forms.ChoiceField(
        label=_("Package"), choices=[*ANY, *Package.choices], required=False
    )
    periode = forms.ChoiceField(label=_("Period"), choices=PERIODS, required=False)
    wie = forms.ChoiceField(
        label=_("Requester"),
        choices=[("", _("Everyone")), ("ik", _("Me"))],
        required=False,
    )
    # Only a link asks for it, so that the next text begins in the window again.
    alles = forms.ChoiceField(choices=[("ja", "")], required=False)


def narrowed(chosen: dict[str, str], matches: FoundText | None) -> dict[str, str]:
    """The same filters; a common text without a period gets one of WINDOW_DAYS."""
    has_period = chosen.get("periode") or chosen.get("alles")
    if matches is not None and matches.finds_many and not has_period:
        return {**chosen, "periode": str(WINDOW_DAYS)}
    return chosen


def apply(
    moves: MoveQuerySet, chosen: dict[str, str], matches: FoundText | None, actor: Actor
) -> MoveQuerySet:
    """Filter by everything but the status, by which the tabs divide them."""
    condition = Q()
    if kind := chosen.get("soort"):
        # A draft has only what its maker chose.
        condition &= Q(move_type=kind) | Q(move_type="", intent=kind)
    if office := chosen.get("kantoor"):
        condition &= at_office(
            office,
            "from_environment",
            "to_environment",
            administration="administration",
        )
    if package := chosen.get("pakket"):
        condition &= Q(package=package)
    if days := chosen.get("periode"):
        condition &= Q(state_since__gte=since(int(days)))
    if chosen.get("wie"):
        condition &= Q(requested_by=actor.user_id)
    if matches is not None:
        condition &= matching(matches)
    return moves.filter(condition)


def since(days: int) -> datetime:
    """The start of the first of ``days`` days, the last of which is today."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days - 1)


def matching(matches: FoundText) -> Q:
    """Moves by number, new code, requester or ticket, or by anything that their
    administration is or was."""
    return (
        matches.about("administration")
        | matches.of_moves("pk")
        | Q(to_code__istartswith=matches.text)
        | Move.numbered(matches.text)
    )


def first_view(actor: Actor) -> str:
    """The query string for who opens the list without one."""
    if can(actor, Action.APPROVE):
        # Also for who borrowed the right: what waits for their decision comes first.
        if _something_waits(actor):
            return query({"status": FOR_ME})
        if actor.role == Role.TEAM_LEAD:
            return query({"status": ALL})
    return query(DEFAULTS.get(actor.role, {"status": ALL}))


def _something_waits(actor: Actor) -> bool:
    return Move.objects.filter(TABS[FOR_ME].where(actor.person)).exists()


def current_tab(chosen: dict[str, str], actor: Actor) -> str:
    """The key of the chosen tab; for who may not approve nothing waits for them."""
    key = chosen.get("status", ALL)
    allowed = key != FOR_ME or can(actor, Action.APPROVE)
    return key if allowed else ALL
