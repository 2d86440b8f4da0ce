"""Cleaning of what comes in without a form: query strings, addresses.

A text loses the characters that no database stores, a number fits a column, a part of
an address can be one of ours. An odd value finds nothing, and is never an error.
"""

import re
from collections.abc import Mapping
from typing import ClassVar

from django.urls import register_converter
from django.utils.datastructures import MultiValueDict

MOST_DIGITS = 18
"""Any number of this many digits fits a bigint."""
MAX_VALUE_CHARS = 2000
"""Characters that a page reads of one value."""
ODD = re.compile("[\0\ud800-\udfff]")
DIGITS = re.compile(f"[0-9]{{1,{MOST_DIGITS}}}")


def plain(text: str, most: int = MAX_VALUE_CHARS) -> str:
    """The text without NUL and lone surrogates, which PostgreSQL does not store."""
    return ODD.sub("", text[:most])


def is_odd(text: str) -> bool:
    return len(text) > MAX_VALUE_CHARS or ODD.search(text) is not None


def whole_number(text: str) -> int | None:
    """The number in a text of digits; None where it cannot be the id of a row."""
    return int(text) if DIGITS.fullmatch(text) else None


def text_in(sent: Mapping[str, str], name: str, most: int = MAX_VALUE_CHARS) -> str:
    """One value of a query or a form; empty where it was not sent."""
    return plain(sent.get(name, ""), most)


def texts_in(sent: MultiValueDict[str, str], name: str) -> list[str]:
    """All values that were sent under one name."""
    return [plain(text) for text in sent.getlist(name)]


def clean_query(sent: MultiValueDict[str, str]) -> None:
    """Make names and values of a query plain, in place."""
    for name in list(sent):
        texts = [ODD.sub("", text) for text in sent.getlist(name)]
        del sent[name]
        sent.setlist(ODD.sub("", name), texts)


class MoveNumber:
    """A number of a move, as M-2026-00418."""

    regex = f"[Mm]-[0-9]{{4}}-[0-9]{{5,{MOST_DIGITS}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: object) -> str:
        return str(value)


class PublicId(MoveNumber):
    """The stable id of an administration, a connection or a file. Any characters, so
    that a row with an odd id has an address too."""

    regex = r"[^/\x00]{1,40}"


class RowId:
    regex = DIGITS.pattern
    to_python: ClassVar = staticmethod(int)
    to_url: ClassVar = staticmethod(str)


def register() -> None:
    """Register <number:…>, <public:…> and <row:…> for ``urls``."""
    register_converter(MoveNumber, "number")
    register_converter(PublicId, "public")
    register_converter(RowId, "row")
