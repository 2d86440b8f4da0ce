"""Decoding of a body: compression and character sets."""

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
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be"})
NARROW = frozenset({"iso8859-1", "iso8859-15", "ascii", "cp1252"})
"""By Python's own names, since each has others."""


def decoded(body: bytes, headers: Mapping[str, str]) -> str:
    """Decode a body. Raises NoAnswer UNAVAILABLE where it is no text."""
    plain = _unpacked(body, headers.get("content-encoding", "").strip().lower())
    for charset in _charsets(plain, headers.get("content-type", "")):
        try:
            return plain.decode(charset)
        except UnicodeDecodeError:
            continue
    raise unreadable(FailureReason.NOT_TEXT)


def _unpacked(body: bytes, encoding: str) -> bytes:
    # We ask for no compression, but a gateway in between may compress all the same.
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise unreadable(FailureReason.NOT_TEXT)
    unpacking = zlib.decompressobj(GZIP)
    try:
        # One byte more than allowed tells a body that is too large, unread.
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
    """Character sets to try, in turn: UTF-16 where that is declared, else UTF-8."""
    in_header, in_xml = CHARSET.search(content_type), DECLARED.match(body[:300])
    named = [_name_of(in_header[1])] if in_header else []
    if in_xml:
        named.append(_name_of(in_xml[1].decode("ascii")))
    if body.startswith(BYTE_ORDER_MARKS) and body not in BYTE_ORDER_MARKS:
        return ["utf-16"]
    if named and named[0] in WIDE:
        return named[:1]
    return ["utf-8-sig", *(each for each in named if each in NARROW)]
