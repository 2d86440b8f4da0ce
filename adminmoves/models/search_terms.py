"""Reads the text of a search as words and codes."""

import re
from collections.abc import Iterator

from adminmoves.models.administration import FormerPlace

MAX_QUERY_CHARS = 320
MAX_WORDS = 12
"""More words than these are not looked at: each is a condition of its own."""
KVK_DIGITS = 8
WRAPPING = "<>()[]{}\"'“”„«»\u2018\u2019,;:.!"
"""Signs that come along when somebody pastes an address or a name."""
KVK = re.compile(
    r"\bk\.?v\.?k(?:\.?[\s-]*(?:nummer|number|nr|no))?\.?(?:\s*:\s*|\s+)(?=\d)",
    re.IGNORECASE,
)
"""The word that people write before a KvK number."""


def short_number(text: str) -> int | None:
    """The number of a move as people say it: 418, 00418 or #418 for M-2026-00418."""
    digits = text.strip().strip(WRAPPING).removeprefix("#").strip()
    is_one = digits.isascii() and digits.isdecimal() and len(digits) <= KVK_DIGITS
    return int(digits) if is_one else None


def kvk_number(text: str) -> str:
    """The digits of a KvK number, which is often written in groups: 12 34 56 78.

    Empty where it is none.
    """
    number = re.sub(r"[.\s-]", "", KVK.sub("", text)).strip(WRAPPING)
    return number if len(number) == KVK_DIGITS and number.isdecimal() else ""


def code_forms(term: str) -> Iterator[str]:
    """How a code may stand in the search table, with the sign of its kind before it:
    KANTOOR/0014 and KANTOOR-0014 are @kantoor.0014, and =kantoor.14 where the package
    ignores leading zeros."""
    yield f"#{term}"
    yield f"-{term}"
    between = next((sign for sign in "/." if sign in term), "-")
    office, _sign, code = term.partition(between)
    if office and code:
        yield f"@{office}.{code}"
    lead, number = (f"{office}.", code) if office and code else ("", term)
    if number.isdecimal():
        yield f"={lead}{number.lstrip('0') or '0'}"


def read_terms(text: str) -> list[str]:
    """Words that somebody typed or pasted; letters that stand alone go together."""
    plain = KVK.sub(" ", text[:MAX_QUERY_CHARS])
    pasted = re.sub(r"\bmailto:", " ", plain, flags=re.IGNORECASE)
    short = re.sub(r"(?<!\S)(?:[^\W\d_]\.)+[^\W\d_]\.?(?!\S)", _without_dots, pasted)
    joined = re.sub(r"(?<=\b[^\W\d_])\.? +(?=[^\W\d_]\b)", "", short)
    words = (word.partition("?")[0].strip(WRAPPING) for word in joined.split())
    return [word for word in words if re.search(r"[\w&+]", word)][:MAX_WORDS]


def _without_dots(found: re.Match[str]) -> str:
    return found[0].replace(".", "")


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
    forms = [form[1:].lower() for term in read_terms(text) for form in code_forms(term)]
    known = [name.lower() for name in (*names, *_rests(place.code))]
    return any(name.startswith(form) for name in known for form in forms)


def _rests(code: str) -> Iterator[str]:
    """What follows each sign in a code: 607 in TW-607."""
    return (code[found.end() :] for found in re.finditer(r"(?<=.)[-./_](?=\w)", code))
