"""The chips above the list: each a cut of all moves, with how many it holds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adminmoves.access import Actor, can
from adminmoves.models import Contributor, Move
from adminmoves.models.move import MoveQuerySet
from adminmoves.vocabulary import (
    ENDED_STATES,
    SCHEDULED_LOOK,
    SENT_BACK_LOOK,
    STATES,
    Action,
    Look,
    MoveState,
)
from adminmoves.web.lists import CAP

S = MoveState
ALL, OPEN, ENDED, FOR_ME, DECIDE = (
    "alle",
    "lopend",
    "afgerond",
    "wacht-op-mij",
    "besluit",
)
Where = Callable[[int], Q]
"""What a cut holds for the person with this id."""
LOOKED_AT = ("id", "state", "has_question", "not_before", "state_since")
"""All that the cuts ask of a move."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One chip: its word in the URL, its label, how it looks and what it holds."""

    key: str
    label: Promise | str
    look: Look | None
    where: Where


def _in(*states: MoveState, **facts: object) -> Where:
    return lambda _person: Q(state__in=states, **facts)


def _scheduled(_person: int) -> Q:
    return Q(state=S.APPROVED, not_before__gt=Now())


def _queued(person: int) -> Q:
    return Q(state=S.APPROVED) & ~_scheduled(person)


def _for_me(person: int) -> Q:
    own = Contributor.objects.filter(move=OuterRef("pk"), user=person)
    return Q(~Exists(own), state=S.AWAITING_APPROVAL)


def _tabs_of(state: MoveState) -> Iterator[Tab]:
    """One tab; a draft that came back and a later start have one of their own."""
    info = STATES[state]
    where = PART_OF_STATE.get(state) or _in(state)
    yield Tab(info.tab, state.label, info.look, where)
    if state in SPECIAL:
        yield SPECIAL[state]


PART_OF_STATE: Mapping[MoveState, Where] = {
    S.DRAFT: _in(S.DRAFT, has_question=False),
    S.APPROVED: _queued,
}
SPECIAL: Mapping[MoveState, Tab] = {
    S.DRAFT: Tab(
        "teruggestuurd",
        _("Changes requested"),
        SENT_BACK_LOOK,
        _in(S.DRAFT, has_question=True),
    ),
    S.APPROVED: Tab("gepland", _("Scheduled"), SCHEDULED_LOOK, _scheduled),
}
UNDER_WAY = tuple(state for state in MoveState if state not in ENDED_STATES)
PARTS: Sequence[Tab] = tuple(
    tab for state in (*UNDER_WAY, *ENDED_STATES) for tab in _tabs_of(state)
)
"""These divide all moves; every move is in exactly one of them."""

ENDED_KEYS = tuple(STATES[state].tab for state in ENDED_STATES)
OPEN_KEYS = tuple(tab.key for tab in PARTS if tab.key not in ENDED_KEYS)
SUMS: Mapping[str, Sequence[str]] = {
    ALL: (*OPEN_KEYS, *ENDED_KEYS),
    OPEN: OPEN_KEYS,
    ENDED: ENDED_KEYS,
    DECIDE: ("te-controleren", "mislukt"),
}
MINE = Tab(FOR_ME, _("Waiting for me"), Look("user-check", "amber"), _for_me)
WHOLE = (
    Tab(ALL, _("All"), None, lambda _person: Q()),
    Tab(OPEN, _("Open"), None, lambda _person: ~Q(state__in=ENDED_STATES)),
    Tab(ENDED, _("Ended"), Look("archive", "grey"), _in(*ENDED_STATES)),
    Tab(
        DECIDE,
        _("A decision needed"),
        Look("triangle-alert", "red"),
        _in(S.IN_DOUBT, S.FAILED),
    ),
)
CUTS: Mapping[str, Tab] = {cut.key: cut for cut in (*WHOLE, MINE, *PARTS)}


@dataclass(frozen=True, slots=True)
class Chip:
    cut: Tab
    count: int
    is_current: bool

    @property
    def shown(self) -> int:
        return min(self.count, CAP)

    @property
    def is_capped(self) -> bool:
        return self.count > CAP


def count(moves: MoveQuerySet, actor: Actor) -> dict[str, int]:
    """How many of these moves each cut holds, in one query; none counts past CAP.

    ``moves`` takes the place of the table in the cuts, which are written once.
    """
    try:
        these, filters = moves.order_by().values(*LOOKED_AT).query.sql_with_params()
    except EmptyResultSet:
        # Django knows that nothing is found, such as for an office that nobody has.
        return dict.fromkeys(SUMS, 0)
    cuts, params = _cuts(actor.person, approves=can(actor, Action.APPROVE))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH adminmoves_move AS NOT MATERIALIZED ({these})"  # noqa: S608 - Django wrote all of it, with placeholders
            f" SELECT cut, count(*) FROM ({cuts}) AS counted GROUP BY cut",
            (*filters, *params),
        )
        found = dict(cursor.fetchall())
    sums = {key: sum(found.get(part, 0) for part in SUMS[key]) for key in SUMS}
    return {**found, **sums}


@lru_cache(maxsize=256)
def _cuts(person: int, *, approves: bool) -> tuple[str, tuple[Any, ...]]:
    first, *rest = (_some(cut, person) for cut in (*PARTS, *([MINE] * approves)))
    return first.union(*rest, all=True).query.sql_with_params()


def _some(cut: Tab, person: int) -> QuerySet[Any, Any]:
    """In order, so that it is read until there are enough and not joined whole."""
    held = Move.objects.filter(cut.where(person)).order_by("-state_since")
    return held.annotate(cut=Value(cut.key)).values("cut")[: CAP + 1]


def chips(counts: Mapping[str, int], current: str) -> Iterator[Chip]:
    """Only what holds something, and where one is; the ends folded under "Ended"."""
    unfolded = current == ENDED or current in ENDED_KEYS
    order = [ALL, FOR_ME, OPEN, DECIDE, *OPEN_KEYS, ENDED]
    for key in [*order, *(ENDED_KEYS if unfolded else ())]:
        held = counts.get(key, 0)
        if key == current or (held and key != DECIDE):
            yield Chip(CUTS[key], held, is_current=key == current)
