"""Finding an administration by anything that it is or ever was."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from adminmoves.models.administration import Administration, AdministrationSearch
from adminmoves.models.estate import Environment
from adminmoves.models.keys import Words
from adminmoves.models.lookups import CodeLetters, Fold, WordPattern
from adminmoves.models.parties import Parties
from adminmoves.models.search_terms import (
    code_forms,
    kvk_number,
    read_terms,
    short_number,
)

COMMON_FROM = 10_000
"""More than these make a text common for a list, which names all it filters by."""
SEARCH_COMMON_FROM = 100
"""More than these make it common for a search, which shows a page of them at most."""
WINDOW_DAYS = 90
"""Days that hold what a common text finds first."""
SHOWN_OF_COMMON = 1000
"""Most rows shown of a common text; more would only be sorted."""
ANCHORS = {"#": "ᚠ", "=": "ᚢ"}
"""The letter before a code in the search table, and before one without its zeros."""


@dataclass(frozen=True, slots=True)
class FoundText:
    """The administrations that are or were known as ``text``.

    ``first``: ids of all, or of a text that is common those that an index gave first.
    ``moves``: ids of moves whose requester or ticket it names, as far as it was read.
    """

    text: str
    first: tuple[int, ...]
    is_common: bool
    moves: tuple[int, ...] = ()
    has_more_moves: bool = False

    @property
    def finds_many(self) -> bool:
        """Whether it finds too many administrations or moves to name them all."""
        return self.is_common or self.has_more_moves

    def some(self) -> Q:
        """Themselves; of a common text the first, so that their order costs little."""
        return _among("pk", self.first)

    def every(self) -> Q:
        """Themselves, all of them."""
        return _row_by_row("pk", self.text) if self.is_common else self.some()

    def about(self, field: str) -> Q:
        """Whatever is about them; few are named, so that an index finds it."""
        if self.is_common:
            return _row_by_row(field, self.text)
        return _among(f"{field}__pk", self.first)

    def of_moves(self, field: str) -> Q:
        """Whatever is about moves with this number, requester or ticket.

        ``field``: the move's key, such as "pk" or "move".
        """
        number = short_number(self.text)
        wanted = Q(**{f"{field}__in": [number] if number else []})
        if self.has_more_moves:
            parties = Parties.objects.filter(move=OuterRef(field))
            return wanted | Q(Exists(parties.filter(_in_parties(self.text))))
        key = field if field == "pk" else f"{field}__pk"
        return wanted | _among(key, self.moves)


def look_up(text: str, few: int) -> FoundText:
    """By the words of its name or office, a code, address, KvK number or external id.

    Every word must be found, in any order; former codes and addresses count. More than
    ``few`` make the text common, and no more than that are read. One query.
    """
    administrations = _searched(text).values_list("pk", Value(value=True))
    moves = _asked_by(text).values_list("pk", Value(value=False))
    found = administrations[: few + 1].union(moves[: few + 1], all=True)
    first: list[int] = []
    of_moves: list[int] = []
    for key, is_administration in found:
        (first if is_administration else of_moves).append(key)
    return FoundText(
        text,
        tuple(first[:SHOWN_OF_COMMON] if len(first) > few else first),
        is_common=len(first) > few,
        moves=tuple(of_moves[:SHOWN_OF_COMMON] if len(of_moves) > few else of_moves),
        has_more_moves=len(of_moves) > few,
    )


def _among(field: str, keys: Sequence[int]) -> Q:
    """Nothing is asked of the database where there are none."""
    return Q(**{f"{field}__among": keys}) if keys else Q(pk__in=())


def found_by_text(chosen: Mapping[str, str]) -> FoundText | None:
    """Look up the text of a list's filters; None if there is none."""
    text = chosen.get("q")
    return look_up(text, COMMON_FROM) if text else None


def search(text: str, most: int) -> tuple[list[Administration], FoundText]:
    """The best ``most`` administrations with their places, and all that the text finds.

    First those that have just this name, or have or had just this code, place or
    address; then by name.
    """
    by_text, exact = look_up(text, SEARCH_COMMON_FROM), _exactly(text, most)
    found = Administration.objects.with_place().filter(by_text.some() | exact)
    best = found.order_by(Case(When(exact, then=0), default=1), "name_key", "pk")
    return list(best[:most]), by_text


def _exactly(text: str, most: int) -> Q:
    [term, *more] = read_terms(text) or [""]
    named = Administration.objects.filter(name_key=Words(Value(text)))
    ways: list[QuerySet[Any, tuple[int]]] = [named.order_by().values_list("pk")]
    if term and not more:
        coded = reduce(or_, (_token(form, "") for form in code_forms(term)))
        ways.append(AdministrationSearch.objects.filter(coded).values_list("pk"))
    first, *rest = (way[:most] for way in ways)
    # Asked also where there are none: a constant left alone in ORDER BY is a column.
    return Q(pk__among=[key for (key,) in first.union(*rest)[:most]])


def _searched(text: str) -> QuerySet[AdministrationSearch]:
    return AdministrationSearch.objects.order_by().filter(_in_search(text))


def _asked_by(text: str) -> QuerySet[Parties]:
    return Parties.objects.order_by().filter(_in_parties(text))


def _row_by_row(field: str, text: str) -> Q:
    """Look at each row in its order: of so many, a page of them is found soon."""
    its_own = AdministrationSearch.objects.filter(administration=OuterRef(field))
    return Q(Exists(its_own.filter(_in_search(text))))


def _in_search(text: str) -> Q:
    """Every word, among the names or at the beginning of a code."""
    terms = read_terms(text)
    if not terms:
        return Q(pk__in=())
    wanted = reduce(and_, map(_has_term, terms))
    number = kvk_number(text)
    return wanted | _token(f"#{number}", "") if number else wanted


def _has_term(term: str) -> Q:
    named = Q(names__like=WordPattern(Value(term)))
    return reduce(or_, (_token(form, "%") for form in code_forms(term)), named)


def _in_parties(text: str) -> Q:
    patterns = [_asks(term) for term in read_terms(text)]
    return reduce(and_, patterns) if patterns else Q(pk__in=())


def _asks(term: str) -> Q:
    """Words of a name or ticket; an address as a whole, which an index serves."""
    has_word = Q(search_key__like=WordPattern(Value(term)))
    return has_word | Q(requester_email__iexact=term) if "@" in term else has_word


def _token(form: str, rest: str) -> Q:
    escaped = re.sub(r"([\\%_])", r"\\\1", form[1:])
    # No space before it: each row has many, and an index would read them all.
    pattern = f"%{ANCHORS[form[0]]}{escaped}{rest or ' '}%"
    return Q(codes__like=CodeLetters(Fold(Value(pattern))))


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
        return _among(f"{field}__pk", found)
    return Q(**{f"{field}__environment__office_code__iexact": code})
