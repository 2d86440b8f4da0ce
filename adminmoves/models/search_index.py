"""What the tables of a search hold for each word, read in one query."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Value,
)

from adminmoves.models.administration import (
    Administration,
    AdministrationSearch,
    SearchCode,
)
from adminmoves.models.keys import Words
from adminmoves.models.lookups import Fold, WordPattern
from adminmoves.models.parties import Parties
from adminmoves.models.search_terms import code_forms

CODES_READ = 2
"""How many codes are read for each administration that a text may find: one that moved
within an office has several that begin alike."""
REST_OF_CODE = "-"
Codes = QuerySet[SearchCode, tuple[Any, ...]]
NAME, NAMED, MOVE = "name", "named", "move"


@dataclass(frozen=True, slots=True)
class FoundIds:
    """The ids of all that was found, or the first of them if ``has_more``."""

    ids: frozenset[int] = frozenset()
    has_more: bool = False

    @classmethod
    def first(cls, ids: Iterable[int], most: int) -> Self:
        """Of ids that were read up to one more than ``most``."""
        distinct = frozenset(ids)
        return cls(distinct, len(distinct) > most)

    def joined(self, other: "FoundIds") -> "FoundIds":
        return FoundIds(self.ids | other.ids, self.has_more or other.has_more)


@dataclass(frozen=True, slots=True)
class FoundCodes(FoundIds):
    """The administrations with a code that begins with one of ``forms``.

    ``whole``: those that have or had just this code, place or address.
    """

    forms: tuple[str, ...] = ()
    whole: frozenset[int] = frozenset()

    def rows(self) -> Q:
        """Their rows of AdministrationSearch."""
        if not self.has_more:
            return among("administration__pk", self.ids)
        its_own = SearchCode.objects.filter(administration=OuterRef("pk"))
        return Q(Exists(its_own.filter(reduce(or_, map(_begins_with, self.forms)))))


@dataclass(frozen=True, slots=True)
class FoundWords:
    """``administrations``: those with every word in a name or a code, as far as the
    codes were read; of a single word only those with it in a name. ``named``: those
    whose whole name it is. ``moves``: those whose requester or ticket has every word.
    """

    administrations: FoundIds
    named: FoundIds
    moves: FoundIds
    codes: Mapping[str, Sequence[tuple[int, bool]]]
    most_codes: int

    def codes_like(self, term: str) -> FoundCodes:
        forms = tuple(code_forms(term)) if term else ()
        rows = {form: self.codes.get(form, ()) for form in forms}
        return FoundCodes(
            frozenset(key for found in rows.values() for key, _is_whole in found),
            any(len(found) > self.most_codes for found in rows.values()),
            forms,
            # The rest of a code is a part of it, however much of it was typed.
            frozenset(
                key
                for form, found in rows.items()
                for key, is_whole in found
                if is_whole and not form.startswith(REST_OF_CODE)
            ),
        )


def read_words(
    terms: Sequence[str], number: str, few: int, name: str = ""
) -> FoundWords:
    """Read ``few`` and one more of each.

    ``number`` is a KvK number or empty; without ``name`` nobody is found by it.
    """
    most_codes = CODES_READ * few
    found: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    if terms:
        written = [*terms, number] if number else terms
        codes = {
            form: _codes(form)[: most_codes + 1]
            for term in written
            for form in code_forms(term)
        }
        searched = AdministrationSearch.objects.order_by()
        searched = searched.filter(_has_words(terms, number, codes))
        asked = Parties.objects.order_by().filter(asked_with(terms))
        no = Value(value=False)
        query = searched.values_list(Value(NAME), "pk", no)[: few + 1].union(
            asked.values_list(Value(MOVE), "pk", no)[: few + 1],
            *codes.values(),
            *([_named(name)[: few + 1]] if name else []),
            all=True,
        )
        for kind, key, is_whole in query:
            found[kind].append((key, is_whole))
    return FoundWords(
        FoundIds.first((key for key, _no in found.pop(NAME, ())), few),
        FoundIds.first((key for key, _no in found.pop(NAMED, ())), few),
        FoundIds.first((key for key, _no in found.pop(MOVE, ())), few),
        found,
        most_codes,
    )


def asked_with(terms: Sequence[str]) -> Q:
    """Parties with every word in a name or ticket; an address counts as a whole, which
    an index serves."""
    return reduce(and_, map(_asked_with, terms)) if terms else Q(pk__in=())


def among(field: str, keys: Iterable[int]) -> Q:
    """Nothing is asked of the database where there are none."""
    return Q(**{f"{field}__among": keys}) if keys else Q(pk__in=())


def _has_words(terms: Sequence[str], number: str, codes: Mapping[str, Codes]) -> Q:
    if len(terms) == 1:
        # Its codes are read beside it.
        return Q(names__like=WordPattern(Value(terms[0])))
    every = reduce(and_, (_has_word(term, codes) for term in terms))
    return every | _has_code(number, codes) if number else every


def _has_word(term: str, codes: Mapping[str, Codes]) -> Q:
    # Not two bitmaps of names together, in which the common word costs most: beside OR
    # the planner chooses the rare one.
    return Q(names__like=WordPattern(Value(term))) | _has_code(term, codes)


def _has_code(term: str, codes: Mapping[str, Codes]) -> Q:
    first, *rest = (
        codes[form].values_list("administration_id") for form in code_forms(term)
    )
    return Q(administration__pk__among=ArraySubquery(first.union(*rest)))


def _codes(form: str) -> Codes:
    is_whole = ExpressionWrapper(Q(code=Fold(Value(form))), BooleanField())
    codes = SearchCode.objects.filter(_begins_with(form))
    # A whole code comes before those that only begin like it.
    return codes.order_by("code").values_list(
        Value(form), "administration_id", is_whole
    )


def _named(name: str) -> QuerySet[Administration, tuple[Any, ...]]:
    named = Administration.objects.order_by().filter(name_key=Words(Value(name)))
    return named.values_list(Value(NAMED), "pk", Value(value=False))


def _begins_with(form: str) -> Q:
    return Q(code__startswith=Fold(Value(form)))


def _asked_with(term: str) -> Q:
    has_word = Q(search_key__like=WordPattern(Value(term)))
    return has_word | Q(requester_email__iexact=term) if "@" in term else has_word
