"""Finding an administration by anything that it is or ever was."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import and_

from django.db.models import Case, Exists, OuterRef, Q, Value, When

from adminmoves.models.administration import Administration, AdministrationSearch
from adminmoves.models.estate import Environment
from adminmoves.models.lookups import WordPattern
from adminmoves.models.parties import Parties
from adminmoves.models.search_index import (
    FoundCodes,
    FoundIds,
    among,
    asked_with,
    read_words,
)
from adminmoves.models.search_terms import kvk_number, read_terms, short_number

COMMON_FROM = 10_000
"""More than these make a text common for a list, which names all it filters by."""
SEARCH_COMMON_FROM = 100
"""More than these make it common for a search, which shows a page of them at most."""
WINDOW_DAYS = 90
"""Days that hold what a common text finds first."""
SHOWN_OF_COMMON = 1000
"""Most rows shown of a common text; more would only be sorted."""


@dataclass(frozen=True, slots=True)
class FoundText:
    """The administrations that are or were known as ``text``.

    ``wanted``: the condition on AdministrationSearch.
    ``first``: ids of all, or of a text that is common those that an index gave first.
    ``whole``: those that have or had just this code, place or address, or have just
    this name where it was asked for.
    ``moves``: ids of moves whose requester or ticket it names, as far as it was read.
    """

    text: str
    wanted: Q
    first: tuple[int, ...]
    whole: Collection[int]
    is_common: bool
    moves: tuple[int, ...] = ()
    has_more_moves: bool = False

    @property
    def finds_many(self) -> bool:
        """Whether it finds too many administrations or moves to name them all."""
        return self.is_common or self.has_more_moves

    def some(self) -> Q:
        """Themselves; of a common text the first, so that their order costs little."""
        return among("pk", self.first)

    def every(self) -> Q:
        """Themselves, all of them."""
        return _row_by_row("pk", self.wanted) if self.is_common else self.some()

    def about(self, field: str) -> Q:
        """Whatever is about them; few are named, so that an index finds it."""
        if self.is_common:
            return _row_by_row(field, self.wanted)
        return among(f"{field}__pk", self.first)

    def of_moves(self, field: str) -> Q:
        """Whatever is about moves with this number, requester or ticket.

        ``field``: the move's key, such as "pk" or "move".
        """
        number = short_number(self.text)
        wanted = Q(**{f"{field}__in": [number] if number else []})
        if self.has_more_moves:
            parties = Parties.objects.filter(move=OuterRef(field))
            return wanted | Q(Exists(parties.filter(asked_with(read_terms(self.text)))))
        key = field if field == "pk" else f"{field}__pk"
        return wanted | among(key, self.moves)


def look_up(text: str, few: int, *, by_name: bool = False) -> FoundText:
    """By the words of its name or office, a code, address, KvK number or external id.

    Every word must be found, in any order; former codes and addresses count. More than
    ``few`` make the text common, and no more than that are read. ``by_name``: whether
    those with just this name are found apart. One query, or two if one of several words
    is a code that very many have.
    """
    terms, number = read_terms(text), kvk_number(text)
    words = read_words(terms, number, few, text if by_name else "")
    codes = [words.codes_like(term) for term in terms]
    of_number = words.codes_like(number)
    wanted = Q(pk__in=())
    if terms:
        wanted = reduce(and_, map(_in_name_or_code, terms, codes)) | of_number.rows()
    found, moves = words.administrations, words.moves
    if len(terms) == 1:
        found = found.joined(codes[0]).joined(of_number)
    elif not found.has_more and any(code.has_more for code in codes):
        # Another word may leave few of the codes that were not read.
        rows = AdministrationSearch.objects.order_by().filter(wanted)
        found = FoundIds.first(rows.values_list("pk", flat=True)[: few + 1], few)
    is_common = found.has_more or len(found.ids) > few
    return FoundText(
        text,
        wanted,
        tuple(islice(found.ids, min(few, SHOWN_OF_COMMON) if is_common else None)),
        words.named.ids | (codes[0].whole if len(terms) == 1 else frozenset()),
        is_common=is_common,
        moves=tuple(islice(moves.ids, SHOWN_OF_COMMON if moves.has_more else None)),
        has_more_moves=moves.has_more,
    )


def found_by_text(chosen: Mapping[str, str]) -> FoundText | None:
    """Look up the text of a list's filters; None if there is none."""
    text = chosen.get("q")
    return look_up(text, COMMON_FROM) if text else None


def search(text: str, most: int) -> tuple[list[Administration], FoundText]:
    """The best ``most`` administrations with their places, and all that the text finds.

    First those that have just this name, or have or had just this code, place or
    address; then by name.
    """
    by_text = look_up(text, SEARCH_COMMON_FROM, by_name=True)
    keys = {*by_text.first, *by_text.whole}
    # Asked also where there are none: a constant left alone in ORDER BY is a column.
    is_whole = When(pk__among=by_text.whole, then=0)
    found = Administration.objects.with_place().filter(among("pk", keys))
    ordered = found.order_by(Case(is_whole, default=1), "name_key", "pk")
    return list(ordered[:most]), by_text


def _row_by_row(field: str, wanted: Q) -> Q:
    """Look at each row in its order: of so many, a page of them is found soon."""
    its_own = AdministrationSearch.objects.filter(administration=OuterRef(field))
    return Q(Exists(its_own.filter(wanted)))


def _in_name_or_code(term: str, codes: FoundCodes) -> Q:
    """Rows of AdministrationSearch."""
    return Q(names__like=WordPattern(Value(term))) | codes.rows()


def office_named(text: str) -> Q:
    """Offices whose code begins so, or whose name has every word."""
    terms = read_terms(text)
    if not terms:
        return Q(pk__in=())
    named = (Q(name_key__like=WordPattern(Value(term))) for term in terms)
    return reduce(and_, named) | Q(office_code__istartswith=terms[0])


def at_office(code: str, *fields: str, administration: str = "") -> Q:
    """Whatever is or was at the office with this code, by any of these fields.

    ``administration``: the field of an administration that may be there now.
    """
    offices = Environment.objects.filter(office_code__iexact=code)
    there = "administrations" if administration else "pk"
    found = list(offices.values_list("pk", there)[: COMMON_FROM + 1])
    wanted = Q(pk__in=())
    for field in fields:
        wanted |= Q(**{f"{field}__in": {office for office, _administration in found}})
    if administration:
        wanted |= _there(administration, code, [pk for _office, pk in found if pk])
    return wanted


def _there(field: str, code: str, found: list[int]) -> Q:
    """Few are named one by one; of many, each row looks up its own office."""
    if len(found) <= COMMON_FROM:
        return among(f"{field}__pk", found)
    return Q(**{f"{field}__environment__office_code__iexact": code})
