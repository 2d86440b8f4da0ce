"""The bytes of an answer as text, compressed or in another character set."""

import re
import zlib
from codecs import lookup
from collections.abc import Mapping

from adminmoves.bookkeeping.answers import unreadable
from adminmoves.bookkeeping.failure_reasons import FailureReason

MOST_BYTES = 5 * 1024 * 1024
GZIP = 16 + zlib.MAX_WBITS
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)")
MARKS = (b"\xff\xfe", b"\xfe\xff")
WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be"})
NARROW = frozenset({"iso8859-1", "iso8859-15", "ascii", "cp1252"})
"""By Python's own names, since each has others."""


def decoded(body: bytes, headers: Mapping[str, str]) -> str:
    """The text of a body. Raises NoAnswer UNAVAILABLE where it is none."""
    plain = _unpacked(body, headers.get("content-encoding", "").strip().lower())
    for charset in _charsets(plain, headers.get("content-type", "")):
        try:
            return plain.decode(charset)
        except UnicodeDecodeError:
            continue
    raise unreadable(FailureReason.NOT_TEXT)


def _unpacked(body: bytes, encoding: str) -> bytes:
    """We ask for no compression; a gateway may compress all the same."""
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise unreadable(FailureReason.NOT_TEXT)
    unpacking = zlib.decompressobj(GZIP)
    try:
        plain = unpacking.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise unreadable(FailureReason.NOT_TEXT) from error
    if len(plain) > MOST_BYTES:
        raise unreadable(FailureReason.TOO_LARGE)
    if not unpacking.eof:
        raise unreadable(FailureReason.NOT_TEXT)
    return plain


def _name_of(charset: str) -> str:
    try:
        return lookup(charset).name
    except LookupError:
        return ""


def _charsets(body: bytes, content_type: str) -> list[str]:
    """What to try, in turn: UTF-8 unless its bytes or its header say UTF-16."""
    told, declared = CHARSET.search(content_type), DECLARED.match(body[:300])
    named = [_name_of(told[1])] if told else []
    if declared:
        named.append(_name_of(declared[1].decode("ascii")))
    if body.startswith(MARKS) and body not in MARKS:
        return ["utf-16"]
    if named and named[0] in WIDE:
        return named[:1]
    return ["utf-8-sig", *(each for each in named if each in NARROW)]
