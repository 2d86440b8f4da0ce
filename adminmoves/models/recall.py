"""Finding an administration by anything that it is or ever was."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigAutoField,
    Case,
    Exists,
    Lookup,
    OuterRef,
    Q,
    QuerySet,
    When,
)
from django.db.models.functions import Upper
from django.db.models.sql.compiler import SQLCompiler

from adminmoves.models.estate import Administration, Environment, FormerPlace

LONGEST = 320
FEW = 10_000
"""More than these make a text common for a list, which names all it filters by."""
SEARCHED = 100
"""More than these make it common for a search, which shows a page of them at most."""
WINDOW = 90
"""Days that hold what a common text finds first."""
SOME = 1000
"""So many of a common text are shown; more would only be sorted."""


@BigAutoField.register_lookup
class Among(Lookup[Any]):
    """One parameter, however many keys: each key of ``in`` costs five microseconds."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*params, list(self.rhs))


@dataclass(frozen=True, slots=True)
class Known:
    """The administrations that are or were known as ``text``.

    ``first``: ids of all, or of a text that is common those that an index gave first.
    """

    text: str
    first: tuple[int, ...]
    is_common: bool

    def some(self) -> Q:
        """Themselves; of a common text the first, so that their order costs little."""
        return _among("pk", self.first)

    def every(self) -> Q:
        """Themselves, all of them."""
        return _one_by_one("", self.text) if self.is_common else self.some()

    def about(self, field: str) -> Q:
        """Whatever is about them; few are named, so that an index finds it."""
        if self.is_common:
            return _one_by_one(field, self.text)
        return _among(f"{field}__pk", self.first)


def look_up(text: str, few: int) -> Known:
    """By name, code, office or address, also a former one; one query.

    More than ``few`` make the text common. Codes, office codes and addresses are found
    by how they begin; names by any part. "VKN104.2041" is an office and a code, as the
    portal writes a place. Each way has its own index, and none is followed further
    than it takes to call a text common.
    """
    first, *rest = (found[: few + 1] for found in _ways(text.strip()[:LONGEST]))
    found = [key for (key,) in first.union(*rest)[: few + 1]]
    if len(found) > few:
        return Known(text, tuple(found[:SOME]), is_common=True)
    return Known(text, tuple(found), is_common=False)


def _among(field: str, keys: Sequence[int]) -> Q:
    """Nothing is asked of the database where there are none."""
    return Q(**{f"{field}__among": keys}) if keys else Q(pk__in=())


def known_by(chosen: Mapping[str, str]) -> Known | None:
    """What the text of a list's filters finds, where there is one."""
    text = chosen.get("q")
    return look_up(text, FEW) if text else None


def search(text: str, most: int) -> tuple[list[Administration], bool]:
    """The best so many with their places, and whether the text is common.

    First those that have just this name, or have or had just this code, place or
    address; then by name.
    """
    known, exact = look_up(text, SEARCHED), _exactly(text, most)
    found = Administration.objects.with_place().filter(known.some() | exact)
    best = found.order_by(Case(When(exact, then=0), default=1), Upper("name"), "pk")
    return list(best[:most]), known.is_common


def _exactly(text: str, most: int) -> Q:
    text = text.strip()[:LONGEST]
    office, _dot, code = text.partition(".")
    by_itself = Q(code__iexact=text) | Q(mail_address=text.lower())
    ways = [
        _books().filter(by_itself | Q(name__iexact=text)),
        _former().filter(by_itself),
    ]
    if code:
        here = Q(environment__office_code__iexact=office, code__iexact=code)
        there = Q(office_code__iexact=office, code__iexact=code)
        ways += [_books().filter(here), _former().filter(there)]
    first, *rest = (way[:most] for way in ways)
    # Asked also where there are none: a constant left alone in ORDER BY is a column.
    return Q(pk__among=[key for (key,) in first.union(*rest)[:most]])


def _books() -> QuerySet[Any, tuple[int]]:
    return Administration.objects.order_by().values_list("pk")


def _former() -> QuerySet[Any, tuple[int]]:
    return FormerPlace.objects.order_by().values_list("administration")


def _ways(text: str) -> Iterator[QuerySet[Any, tuple[int]]]:
    """One query for each way, so that none reads a table to the end."""
    books, former = _books(), _former()
    offices = Environment.objects.filter(_office(text)).values("pk")
    yield books.filter(environment__in=offices)
    for way in (
        *_names(text),
        _code_at_office("environment__office_code", "code", text),
    ):
        yield books.filter(way)
    for way in _place(text):
        yield former.filter(way)


def _one_by_one(field: str, text: str) -> Q:
    """Look at each row in its order: of so many, a page of them is found soon.

    Every row looks up its own former places, so that no list of them is made first.
    """
    text = text.strip()[:LONGEST]
    here = f"{field}__" if field else ""
    wanted = _office(text, f"{here}environment__")
    for way in (
        *_names(text, here),
        _code_at_office(f"{here}environment__office_code", f"{here}code", text),
    ):
        wanted |= way
    former = Q(pk__in=())
    for way in _place(text):
        former |= way
    its_own = FormerPlace.objects.filter(administration=OuterRef(field or "pk"))
    return wanted | Q(Exists(its_own.filter(former)))


def at_office(code: str, *fields: str, books: str = "") -> Q:
    """Whatever is or was at the office with this code, by any of these fields.

    ``books``: the field of an administration that may be there now.
    """
    offices = Environment.objects.filter(office_code__iexact=code)
    there = "administrations" if books else "pk"
    found = list(offices.values_list("pk", there)[: FEW + 1])
    wanted = Q(pk__in=())
    for field in fields:
        wanted |= Q(**{f"{field}__in": {office for office, _books in found}})
    if books:
        wanted |= _there(books, code, [held for _office, held in found if held])
    return wanted


def _there(field: str, code: str, found: list[int]) -> Q:
    """Few are named one by one; of many, each row looks up its own office."""
    if len(found) <= FEW:
        return _among(f"{field}__pk", found)
    return Q(**{f"{field}__environment__office_code__iexact": code})


def was_known_as(place: FormerPlace, text: str) -> bool:
    """Whether this former place is what somebody looked for."""
    text = text.strip().lower()
    names = (
        place.code,
        place.office_code,
        place.mail_address,
        f"{place.office_code}.{place.code}",
    )
    return any(name.lower().startswith(text) for name in names)


def _names(text: str, here: str = "") -> tuple[Q, ...]:
    return (
        Q(**{f"{here}name__icontains": text}),
        Q(**{f"{here}code__istartswith": text}),
        Q(**{f"{here}mail_address__startswith": text.lower()}),
    )


def _place(text: str) -> tuple[Q, ...]:
    return (
        Q(code__istartswith=text),
        Q(office_code__istartswith=text),
        Q(mail_address__startswith=text.lower()),
        _code_at_office("office_code", "code", text),
    )


def _office(text: str, here: str = "") -> Q:
    by_code = Q(**{f"{here}office_code__istartswith": text})
    return by_code | Q(**{f"{here}name__icontains": text})


def _code_at_office(office_field: str, code_field: str, text: str) -> Q:
    office, dot, code = text.partition(".")
    if not (office and dot and code):
        return Q(pk__in=())
    wanted = {f"{office_field}__iexact": office, f"{code_field}__istartswith": code}
    return Q(**wanted)
