"""Finding an administration by anything that it is or ever was."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigAutoField,
    Case,
    Exists,
    Field,
    Func,
    Lookup,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.sql.compiler import SQLCompiler

from adminmoves.models.estate import (
    Administration,
    AdministrationSearch,
    Environment,
    FormerPlace,
    Words,
)
from adminmoves.models.parties import Parties

MAX_QUERY_CHARS = 320
MAX_WORDS = 12
"""More words than these are not looked at: each is a condition of its own."""
COMMON_FROM = 10_000
"""More than these make a text common for a list, which names all it filters by."""
SEARCH_COMMON_FROM = 100
"""More than these make it common for a search, which shows a page of them at most."""
WINDOW_DAYS = 90
"""Days that hold what a common text finds first."""
SHOWN_OF_COMMON = 1000
"""So many of a common text are shown; more would only be sorted."""
KVK_DIGITS = 8
ANCHORS = {"#": "ᚠ", "=": "ᚢ"}
"""What begins a code in the search table, and one without its leading zeros."""
WRAPPING = "<>()[]{}\"'“”„«»\u2018\u2019,;:.!"
"""Signs that come along when somebody pastes an address or a name."""
KVK = re.compile(
    r"\bk\.?v\.?k(?:\.?[\s-]*(?:nummer|number|nr|no))?\.?(?:\s*:\s*|\s+)(?=\d)",
    re.IGNORECASE,
)
"""What people write before a KvK number."""


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


@TextField.register_lookup
class Like(Lookup[Any]):
    """SQL's LIKE with a whole pattern, which a trigram index serves."""

    lookup_name = "like"

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        pattern, more = self.process_rhs(compiler, connection)
        return f"{column} LIKE {pattern}", (*params, *more)


class WordPattern(Func):
    """What a typed word looks like among ``Words``; NULL for a word without letters."""

    function = "adminmoves_word_pattern"
    output_field: Field[Any, Any] = TextField()


class Fold(Func):
    """A text without accents, capitals and unseen signs; punctuation stays."""

    function = "adminmoves_fold"
    output_field: Field[Any, Any] = TextField()


class CodeLetters(Func):
    """Codes as the search table has them: each sign a letter, for an index of trigrams
    knows no signs."""

    function = "adminmoves_code_letters"
    output_field: Field[Any, Any] = TextField()


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
    """What the text of a list's filters finds, where there is one."""
    text = chosen.get("q")
    return look_up(text, COMMON_FROM) if text else None


def search(text: str, most: int) -> tuple[list[Administration], FoundText]:
    """The best so many with their places, and what else the text finds.

    First those that have just this name, or have or had just this code, place or
    address; then by name.
    """
    known, exact = look_up(text, SEARCH_COMMON_FROM), _exactly(text, most)
    found = Administration.objects.with_place().filter(known.some() | exact)
    best = found.order_by(Case(When(exact, then=0), default=1), "name_key", "pk")
    return list(best[:most]), known


def _exactly(text: str, most: int) -> Q:
    [term, *more] = _terms(text) or [""]
    named = Administration.objects.filter(name_key=Words(Value(text)))
    ways: list[QuerySet[Any, tuple[int]]] = [named.order_by().values_list("pk")]
    if term and not more:
        coded = reduce(or_, (_token(form, "") for form in _forms(term)))
        ways.append(AdministrationSearch.objects.filter(coded).values_list("pk"))
    first, *rest = (way[:most] for way in ways)
    # Asked also where there are none: a constant left alone in ORDER BY is a column.
    return Q(pk__among=[key for (key,) in first.union(*rest)[:most]])


def short_number(text: str) -> int | None:
    """The number of a move as people say it: 418, 00418 or #418 for M-2026-00418."""
    digits = text.strip().strip(WRAPPING).removeprefix("#").strip()
    is_one = digits.isascii() and digits.isdecimal() and len(digits) <= KVK_DIGITS
    return int(digits) if is_one else None


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
    terms = _terms(text)
    if not terms:
        return Q(pk__in=())
    wanted = reduce(and_, map(_has_term, terms))
    number = re.sub(r"[.\s-]", "", KVK.sub("", text)).strip(WRAPPING)
    if len(number) == KVK_DIGITS and number.isdecimal():
        # A KvK number is often written in groups: 12 34 56 78.
        return wanted | _token(f"#{number}", "")
    return wanted


def _has_term(term: str) -> Q:
    named = Q(names__like=WordPattern(Value(term)))
    return reduce(or_, (_token(form, "%") for form in _forms(term)), named)


def _in_parties(text: str) -> Q:
    patterns = [_asks(term) for term in _terms(text)]
    return reduce(and_, patterns) if patterns else Q(pk__in=())


def _asks(term: str) -> Q:
    """Words of a name or ticket; an address as a whole, which an index serves."""
    told = Q(search_key__like=WordPattern(Value(term)))
    return told | Q(requester_email__iexact=term) if "@" in term else told


def _token(form: str, rest: str) -> Q:
    escaped = re.sub(r"([\\%_])", r"\\\1", form[1:])
    # No space before it: each row has many, and an index would read them all.
    pattern = f"%{ANCHORS[form[0]]}{escaped}{rest or ' '}%"
    return Q(codes__like=CodeLetters(Fold(Value(pattern))))


def _forms(term: str) -> Iterator[str]:
    """How a code may be written in the search table: KANTOOR/0014 and KANTOOR-0014 are
    kantoor.0014, and kantoor.14 where the package ignores leading zeros."""
    yield f"#{term}"
    between = next((sign for sign in "/." if sign in term), "-")
    office, sign, code = term.partition(between)
    if sign in {"/", "-"} and office and code:
        yield f"#{office}.{code}"
    lead, number = (f"{office}.", code) if office and code else ("", term)
    if number.isdecimal():
        yield f"={lead}{number.lstrip('0') or '0'}"


def _terms(text: str) -> list[str]:
    """The words that somebody typed or pasted; letters that stand alone go together."""
    plain = KVK.sub(" ", text[:MAX_QUERY_CHARS])
    pasted = re.sub(r"\bmailto:", " ", plain, flags=re.IGNORECASE)
    short = re.sub(r"(?<!\S)(?:[^\W\d_]\.)+[^\W\d_]\.?(?!\S)", _without_dots, pasted)
    joined = re.sub(r"(?<=\b[^\W\d_])\.? +(?=[^\W\d_]\b)", "", short)
    words = (word.partition("?")[0].strip(WRAPPING) for word in joined.split())
    return [word for word in words if re.search(r"[\w&+]", word)][:MAX_WORDS]


def _without_dots(found: re.Match[str]) -> str:
    return found[0].replace(".", "")


def office_named(text: str) -> Q:
    """Offices whose code begins so, or whose name has every word."""
    terms = _terms(text)
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
        wanted |= Q(**{f"{field}__in": {office for office, _books in found}})
    if administration:
        wanted |= _there(
            administration, code, [held for _office, held in found if held]
        )
    return wanted


def _there(field: str, code: str, found: list[int]) -> Q:
    """Few are named one by one; of many, each row looks up its own office."""
    if len(found) <= COMMON_FROM:
        return _among(f"{field}__pk", found)
    return Q(**{f"{field}__environment__office_code__iexact": code})


def was_known_as(place: FormerPlace, text: str) -> bool:
    """Whether this former place is what somebody looked for."""
    names = (
        place.code,
        place.code_key,
        place.office_code,
        place.mail_address,
        f"{place.office_code}.{place.code}",
        f"{place.office_code}.{place.code_key}",
    )
    forms = [form[1:].lower() for term in _terms(text) for form in _forms(term)]
    return any(name.lower().startswith(form) for name in names for form in forms)
