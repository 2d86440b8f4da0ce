"""What a search finds, best first."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from adminmoves.kept import Kept
from adminmoves.listing import without_nul
from adminmoves.models import Administration, FormerPlace, Move
from adminmoves.models.recall import search, was_known_as

MOST = 20
KEPT = Kept("overview/search_row.html", most=1000)


@dataclass(frozen=True, slots=True)
class Hit:
    """An administration, and the former place by which it was found."""

    books: Administration
    was: FormerPlace | None

    @property
    def row(self) -> SafeString:
        books, was = self.books, self.was
        told = (
            books.public_id,
            books.name,
            books.mail_address,
            books.environment.office_code,
            books.code,
            (was.office_code, was.code) if was else str(books.connection),
        )
        return KEPT.piece(told, books=books, was=was)


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
    was = _former(books[:most], text)
    hits = tuple(Hit(one, was.get(one.pk)) for one in books[:most])
    return Found(text, move, hits, len(books) > most, is_common)


def _former(books: list[Administration], text: str) -> dict[int, FormerPlace]:
    """By which place that it left an administration was found, where it was one."""
    found: dict[int, FormerPlace] = {}
    for place in FormerPlace.objects.filter(administration__in=books):
        if was_known_as(place, text):
            found.setdefault(place.administration_id, place)
    return found
