"""The menu: which pages there are, who sees them, and what waits for a decision."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from adminmoves.access import Actor, can
from adminmoves.models import Contributor, Move, Retirement
from adminmoves.vocabulary import Action, Right

COUNT_CAP = 99
"""A badge shows "99+" for more: it is counted on every page."""


# Compared by identity: each is made once, in PAGES, and is part of the key of a cache.
@dataclass(frozen=True, slots=True, eq=False)
class MenuPage:
    """One entry; ``letter`` is its key after g, ``short`` its word on a phone."""

    key: str
    label: Promise
    short: Promise
    icon: str
    letter: str
    needs: Action | Right
    in_menu: bool = True
    in_tabs: bool = True


PAGES = (
    MenuPage("list", _("Migrations"), _("Migrations"), "layers", "m", Right.READ_MOVES),
    MenuPage(
        "queue",
        _("Approvals"),
        pgettext_lazy("tab", "Approve"),
        "user-check",
        "a",
        Action.APPROVE,
    ),
    MenuPage(
        "administrations",
        _("Administrations"),
        pgettext_lazy("tab", "Administrations"),
        "building-2",
        "d",
        Right.READ_MOVES,
        in_tabs=False,
    ),
    MenuPage(
        "connections",
        _("Connections"),
        pgettext_lazy("tab", "Connections"),
        "plug",
        "k",
        Right.READ_MOVES,
        in_tabs=False,
    ),
    MenuPage(
        "choose",
        _("New request"),
        pgettext_lazy("tab", "New"),
        "square-plus",
        "n",
        Right.DRAFT,
        in_menu=False,
    ),
    MenuPage("history", _("History"), _("History"), "history", "h", Right.READ_HISTORY),
    MenuPage(
        "operations",
        pgettext_lazy("menu", "Operations"),
        pgettext_lazy("menu", "Operations"),
        "activity",
        "w",
        Right.READ_OPERATIONS,
        in_tabs=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Entry:
    page: MenuPage
    count: str = ""

    @property
    def href(self) -> str:
        return reverse(f"moves:{self.page.key}")


def waiting() -> ArraySubquery:
    """Moves that a person may decide on: a column of that person."""
    own = Contributor.objects.filter(move=OuterRef("pk"), user=OuterRef(OuterRef("pk")))
    moves = Move.objects.waiting_for_approval().filter(~Exists(own))
    # In the order of the index of waiting moves, so that ended moves are not read.
    first = moves.order_by("state_since").values("pk")[: COUNT_CAP + 1]
    return ArraySubquery(first)


def waiting_retirements() -> ArraySubquery:
    """Administrations to retire or bring back that a person may decide on."""
    others = Retirement.objects.waiting().exclude(requested_by=OuterRef("pk"))
    return ArraySubquery(others.order_by("pk").values("pk")[: COUNT_CAP + 1])


def badge(count: int) -> str:
    """ "99+" beyond COUNT_CAP; empty for 0."""
    return f"{COUNT_CAP}+" if count > COUNT_CAP else str(count or "")


def entries(actor: Actor, waiting: int = 0) -> Iterator[Entry]:
    """The pages this person may open, in the order of the journey."""
    for page in PAGES:
        if can(actor, page.needs):
            yield Entry(page, badge(waiting) if page.key == "queue" else "")
