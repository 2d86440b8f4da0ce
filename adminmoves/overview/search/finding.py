"""The results of the search."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.safestring import SafeString

from adminmoves.models import Administration, FormerPlace, Move
from adminmoves.models.numbers import read_number
from adminmoves.models.search import FoundText, search
from adminmoves.models.search_terms import short_number, was_known_as
from adminmoves.web import inputs
from adminmoves.web.fragments import FragmentCache, version_of

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
        key = version_of(
            administration, administration.environment, administration.connection, was
        )
        return ROWS.render(key, administration=administration, was=was)


@dataclass(frozen=True, slots=True)
class Found:
    """``moves``: by number, requester or ticket, the newest first.

    ``is_common``: the text matches so many that only some of them are shown.
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
    """Find moves by number, requester or ticket, and administrations by anything that
    they are or ever were."""
    text = inputs.plain(text).strip()
    if not text:
        return Found("")
    # One more than is shown tells whether there are more, without a count.
    administrations, matches = search(text, most + 1)
    shown = administrations[:most]
    was = _former(shown, text)
    hits = tuple(
        Hit(administration, was.get(administration.pk)) for administration in shown
    )
    moves = _moves(matches)
    has_more = len(administrations) > most or len(moves) > most
    return Found(text, tuple(moves[:most]), hits, has_more, matches.finds_many)


def _moves(matches: FoundText) -> list[Move]:
    ids = {*matches.moves, short_number(matches.text)} - {None}
    if not ids and not read_number(matches.text):
        return []
    condition = Q(pk__in=ids) | Move.numbered(matches.text)
    moves = Move.objects.with_estate().filter(condition).order_by("-pk")
    return list(moves[: MOST + 1])


def _former(administrations: list[Administration], text: str) -> dict[int, FormerPlace]:
    """The former place by which an administration was found, by its id."""
    found: dict[int, FormerPlace] = {}
    for place in FormerPlace.objects.filter(administration__in=administrations):
        if was_known_as(place, text):
            found.setdefault(place.administration_id, place)
    return found
