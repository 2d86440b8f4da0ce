"""The filters of the list; their names and values are what stands in the URL."""

from datetime import datetime, timedelta

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from adminmoves.access import Actor, can
from adminmoves.models import Move
from adminmoves.models.move import MoveQuerySet
from adminmoves.models.search import WINDOW_DAYS, FoundText, at_office
from adminmoves.overview.moves.status_tabs import ALL, CUTS, FOR_ME, OPEN
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
        choices=[(key, cut.label) for key, cut in CUTS.items()],
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


def narrowed(chosen: dict[str, str], known: FoundText | None) -> dict[str, str]:
    """The same; for a common text without a period that of the newest moves."""
    is_open = not (chosen.get("periode") or chosen.get("alles"))
    if known is not None and known.finds_many and is_open:
        return {**chosen, "periode": str(WINDOW_DAYS)}
    return chosen


def apply(
    moves: MoveQuerySet, chosen: dict[str, str], known: FoundText | None, actor: Actor
) -> MoveQuerySet:
    """Everything but the status, which the chips cut by."""
    wanted = Q()
    if kind := chosen.get("soort"):
        # A draft has only what its maker chose.
        wanted &= Q(move_type=kind) | Q(move_type="", intent=kind)
    if office := chosen.get("kantoor"):
        wanted &= at_office(
            office,
            "from_environment",
            "to_environment",
            administration="administration",
        )
    if package := chosen.get("pakket"):
        wanted &= Q(package=package)
    if days := chosen.get("periode"):
        wanted &= Q(state_since__gte=since(int(days)))
    if chosen.get("wie"):
        wanted &= Q(requested_by=actor.user_id)
    if known is not None:
        wanted &= told_by(known)
    return moves.filter(wanted)


def since(days: int) -> datetime:
    """The start of the first of so many days, today among them."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days - 1)


def told_by(known: FoundText) -> Q:
    """A move by its number, its wanted code, who asked for it and under which ticket,
    or anything its administration was."""
    return (
        known.about("administration")
        | known.of_moves("pk")
        | Q(to_code__istartswith=known.text)
        | Move.numbered(known.text)
    )


def first_view(actor: Actor) -> str:
    """What somebody sees who asks for nothing in particular."""
    if can(actor, Action.APPROVE):
        # Also who borrowed the right: first what waits for their decision.
        if _something_waits(actor):
            return query({"status": FOR_ME})
        if actor.role == Role.TEAM_LEAD:
            return query({"status": ALL})
    return query(DEFAULTS.get(actor.role, {"status": ALL}))


def _something_waits(actor: Actor) -> bool:
    return Move.objects.filter(CUTS[FOR_ME].where(actor.person)).exists()


def cut_of(chosen: dict[str, str], actor: Actor) -> str:
    """The chip that is on; who may not approve has nothing waiting."""
    key = chosen.get("status", ALL)
    allowed = key != FOR_ME or can(actor, Action.APPROVE)
    return key if allowed else ALL
