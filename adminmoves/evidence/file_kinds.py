"""The kinds of file that are accepted as evidence, and how each is recognised.

The suffix of the name and the content must agree.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

HEAD_BYTES = 64 * 1024
"""The part of a file that is looked at to recognise a mail or a PDF."""
BLANK = b"\xef\xbb\xbf\xfe\xff \t\r\n\f\0"
"""White space and the bytes of byte order marks, with which some files begin."""
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
END_OF_TEXT = re.compile(rb"\x1a[\x1a\s\x00]*\Z")
"""Control-Z, with which MS-DOS programs end a text."""
PRINTED = re.compile(rb"[\x1b\t\r\n\x20-;=-~]{0,1024}%PDF-")
"""Printer commands (PJL) or lines of a mail program may come before the PDF."""
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
MBOX_LINE = re.compile(rb"^>?From [^\n]*\n")
MAIL_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:")
X_FIELD = re.compile(rb"x-")
MAIL_FIELDS = frozenset(
    b"bcc cc content-type date delivered-to from message-id mime-version received "
    b"reply-to return-path sender subject to".split()
)
OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OUTLOOK_MAIL = "__properties_version1.0".encode("utf-16-le")
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""In both byte orders; the last two are BigTIFF."""
HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
)


def is_text(content: bytes) -> bool:
    if content.startswith(UTF_16):
        try:
            content = content.decode("utf-16").encode()
        except UnicodeDecodeError:
            return False
    return CONTROL.search(END_OF_TEXT.sub(b"", content)) is None


def is_mail(content: bytes) -> bool:
    """Whether it begins with header fields of a mail, at least one of them common."""
    head = content[:HEAD_BYTES]
    if head.startswith(UTF_16):
        head = head.decode("utf-16", errors="ignore").encode()
    head = MBOX_LINE.sub(b"", head.lstrip(BLANK), count=1)
    lines = head.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0].split(b"\n")
    names = [MAIL_FIELD.match(line) for line in lines if line[:1] not in b" \t"]
    if CONTROL.search(b"".join(lines)) or None in names[:-1]:
        return False
    fields = {name[1].lower() for name in names if name}
    return bool(fields & MAIL_FIELDS) or any(map(X_FIELD.match, fields))


def is_pdf(content: bytes) -> bool:
    # Some programs write a byte order mark, empty lines or commands before the PDF.
    return PRINTED.match(content[:HEAD_BYTES].lstrip(BLANK)) is not None


def is_outlook_mail(content: bytes) -> bool:
    # Documents of Word and Excel begin in the same way, but have no such part.
    return content.startswith(OUTLOOK) and OUTLOOK_MAIL in content


def is_heif(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS


def starts_with(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(starts)


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    content_type: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]


KINDS = (
    Kind("PDF", "application/pdf", (".pdf",), is_pdf),
    Kind("PNG", "image/png", (".png",), starts_with(b"\x89PNG\r\n\x1a\n")),
    Kind(
        "JPEG",
        "image/jpeg",
        (".jpg", ".jpeg", ".jpe", ".jfif"),
        starts_with(b"\xff\xd8\xff"),
    ),
    Kind("HEIC", "image/heic", (".heic", ".heif"), is_heif),
    Kind("TIFF", "image/tiff", (".tif", ".tiff"), starts_with(*TIFF)),
    Kind("EML", "message/rfc822", (".eml",), is_mail),
    Kind("MSG", "application/vnd.ms-outlook", (".msg",), is_outlook_mail),
    Kind("TXT", "text/plain", (".txt",), is_text),
)
PDF = "application/pdf"
TEXT = "text/plain; charset=utf-8"
SHOWN = {
    PDF: PDF,
    "image/png": "image/png",
    "image/jpeg": "image/jpeg",
    "text/plain": TEXT,
    # The source of the mail, with its headers: no link or picture in it is loaded.
    "message/rfc822": TEXT,
}
"""Types that every browser shows, and as which type; others are downloaded."""
SUFFIXES = tuple(suffix for kind in KINDS for suffix in kind.suffixes)
WITH_SIGNATURE = tuple(kind for kind in KINDS if kind.name not in {"EML", "TXT"})
"""Kinds that are recognised by their content alone."""
BY_SUFFIX = {suffix: kind for kind in KINDS for suffix in kind.suffixes}
PICTURES = (".bmp", ".gif", ".svg", ".webp", ".avif")
DOCUMENTS = (
    ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".csv", ".ppt", ".pptx",
    ".htm", ".html", ".mht", ".xps", ".pages", ".numbers",
)  # fmt: skip
PACKED = (".zip", ".7z", ".rar", ".gz", ".tgz")
RESERVED = re.compile(
    r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9]|lpt[0-9])(?:\.|$)",
    re.IGNORECASE,
)
NOT_IN_A_NAME = frozenset('"<>:|?*/\\')
MAX_STEM_BYTES = 100


def shown_as(content_type: str) -> str:
    """The type as which a browser shows a file inline; "" for a download."""
    return SHOWN.get(content_type, "")


def suffix_of(name: str) -> str:
    found = re.search(r"\.[A-Za-z0-9]{1,10}$", name)
    return found[0].lower() if found else ""


def kind_of(name: str, content: bytes) -> Kind | None:
    """The kind of a file; None where it is not accepted, or its name disagrees."""
    named = BY_SUFFIX.get(suffix_of(plain_name(name)))
    return named if named and named.recognises(content) else None


def refusal_message(name: str, content: bytes) -> str:
    """Why a file is refused, and what to do instead."""
    suffix = suffix_of(plain_name(name))
    named = BY_SUFFIX.get(suffix)
    if named and (
        other := next((k for k in WITH_SIGNATURE if k.recognises(content)), None)
    ):
        return _(
            "The name of this file ends in %(suffix)s, but the file is a %(kind)s. "
            "Give it a name that ends in %(right)s, and choose it again."
        ) % {"suffix": suffix, "kind": other.name, "right": other.suffixes[0]}
    if named:
        return _(
            "The name of this file ends in %(suffix)s, but what is in it is no "
            "%(kind)s. Open it and save it again, or print it to a PDF."
        ) % {"suffix": suffix, "kind": named.name}
    if suffix in PICTURES:
        return _("Save this picture as PNG or JPEG, or make a PDF of it.")
    if suffix in DOCUMENTS:
        return _("Save or print this document as PDF, and choose that.")
    if suffix in PACKED:
        return _("Unpack this file, and choose the one that shows it.")
    return _(
        "This kind of file is not taken. Choose a PDF, a picture (PNG, JPEG, HEIC, "
        "TIFF), an e-mail (.eml, .msg) or a text file (.txt)."
    )


def plain_name(name: str) -> str:
    """The last part of a name, safe for every file system and for a header."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = "".join(
        sign for sign in last if sign.isprintable() and sign not in NOT_IN_A_NAME
    )
    clean = clean.strip(" .") if suffix_of(clean.strip()) == "" else clean.strip()
    # The suffix keeps its case: .PNG stays .PNG.
    suffix = clean[len(clean) - len(suffix_of(clean)) :]
    stem = clean[: len(clean) - len(suffix)].strip(" .")
    # File systems count bytes, and a letter can have four.
    stem = (
        stem.encode(errors="ignore")[:MAX_STEM_BYTES]
        .decode(errors="ignore")
        .strip(" .")
    )
    if not stem:
        stem = _("file")
    return f"_{stem}{suffix}" if RESERVED.match(stem) else f"{stem}{suffix}"
