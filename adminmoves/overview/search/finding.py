"""What a search finds, best first."""

from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects

from adminmoves.listing import without_nul
from adminmoves.models import Administration, FormerPlace, Move
from adminmoves.models.recall import search, was_known_as

MOST = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """An administration, and the former place by which it was found."""

    books: Administration
    was: FormerPlace | None


@dataclass(frozen=True, slots=True)
class Found:
    """``is_common``: so many are known by it that only some were looked at."""

    text: str
    move: Move | None
    hits: tuple[Hit, ...]
    has_more: bool
    is_common: bool = False

    @property
    def count(self) -> int:
        return len(self.hits) + (self.move is not None)


def find(text: str, most: int = MOST) -> Found:
    """A move by its number; administrations by anything they are or ever were."""
    text = without_nul(text).strip()
    if not text:
        return Found("", None, (), has_more=False)
    number = Move.id_from_number(text)
    move = Move.objects.with_estate().filter(pk=number).first() if number else None
    books, is_common = search(text, most + 1)
    prefetch_related_objects(books, Prefetch("former_places", to_attr="left"))
    hits = tuple(Hit(one, _former(one, text)) for one in books[:most])
    return Found(text, move, hits, len(books) > most, is_common)


def _former(books: Administration, text: str) -> FormerPlace | None:
    left: list[FormerPlace] = getattr(books, "left", [])
    return next((place for place in left if was_known_as(place, text)), None)
