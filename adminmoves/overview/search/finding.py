"""What a search finds, best first."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.safestring import SafeString

from adminmoves.models import Administration, FormerPlace, Move
from adminmoves.models.search import FoundText, search, short_number, was_known_as
from adminmoves.web import inputs
from adminmoves.web.fragments import FragmentCache

MOST = 20
ROWS = FragmentCache("overview/search_row.html", max_size=1000)


@dataclass(frozen=True, slots=True)
class Hit:
    """An administration, and the former place by which it was found."""

    administration: Administration
    was: FormerPlace | None

    @property
    def row(self) -> SafeString:
        administration, was = self.administration, self.was
        key = (
            administration.public_id,
            administration.name,
            administration.mail_address,
            administration.environment.office_code,
            administration.code,
            (was.office_code, was.code) if was else str(administration.connection),
            administration.retired_by_id,
        )
        return ROWS.render(key, administration=administration, was=was)


@dataclass(frozen=True, slots=True)
class Found:
    """``moves``: by number, requester or ticket, the newest first.

    ``is_common``: so many are known by it that only some were looked at.
    """

    text: str
    moves: tuple[Move, ...] = ()
    hits: tuple[Hit, ...] = ()
    has_more: bool = False
    is_common: bool = False

    @property
    def count(self) -> int:
        return len(self.hits) + len(self.moves)


def find(text: str, most: int = MOST) -> Found:
    """Moves by number, requester or ticket; administrations by anything that they are
    or ever were."""
    text = inputs.plain(text).strip()
    if not text:
        return Found("")
    found, known = search(text, most + 1)
    was = _former(found[:most], text)
    hits = tuple(Hit(one, was.get(one.pk)) for one in found[:most])
    moves = _moves(known)
    has_more = len(found) > most or len(moves) > most
    return Found(text, tuple(moves[:most]), hits, has_more, known.finds_many)


def _moves(known: FoundText) -> list[Move]:
    wanted = {*known.moves, short_number(known.text)} - {None}
    named = Q(pk__in=wanted) | Move.numbered(known.text)
    moves = Move.objects.with_estate().filter(named).order_by("-pk")
    return list(moves[: MOST + 1])


def _former(administrations: list[Administration], text: str) -> dict[int, FormerPlace]:
    """By which place that it left an administration was found, where it was one."""
    found: dict[int, FormerPlace] = {}
    for place in FormerPlace.objects.filter(administration__in=administrations):
        if was_known_as(place, text):
            found.setdefault(place.administration_id, place)
    return found
