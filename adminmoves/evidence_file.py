"""Files that show what somebody said: which are taken, and how they are kept.

A name says what a file claims to be, its first bytes what it is; both must agree.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.access import Actor
from adminmoves.models import EvidenceFile, Move

MEGABYTE = 1024 * 1024
MAIL_HEADER = re.compile(
    rb"^(?:return-path|received|delivered-to|from|to|subject|date|message-id"
    rb"|mime-version|x-[\w-]+|dkim-signature|authentication-results):",
    re.IGNORECASE,
)


def is_text(content: bytes) -> bool:
    """Readable text without control characters, whatever wrote it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="ignore")
    return not any(sign < " " and sign not in "\t\r\n\f" for sign in text)


def is_mail(content: bytes) -> bool:
    return is_text(content) and MAIL_HEADER.match(content.lstrip()) is not None


def begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(starts)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is taken: how it is served, and how it is recognised."""

    content_type: str
    suffixes: tuple[str, ...]
    is_it: Callable[[bytes], bool]


KINDS = (
    Kind("application/pdf", (".pdf",), begins(b"%PDF-")),
    Kind("image/png", (".png",), begins(b"\x89PNG\r\n\x1a\n")),
    Kind("image/jpeg", (".jpg", ".jpeg"), begins(b"\xff\xd8\xff")),
    Kind("message/rfc822", (".eml",), is_mail),
    Kind("text/plain", (".txt",), is_text),
)
SUFFIXES = tuple(suffix for kind in KINDS for suffix in kind.suffixes)


def kind_of(name: str, content: bytes) -> Kind | None:
    """What the file is; None where name and content disagree or are not taken."""
    suffix = PurePosixPath(name.lower()).suffix
    named = next((kind for kind in KINDS if suffix in kind.suffixes), None)
    return named if named and named.is_it(content) else None


class EvidenceField(forms.FileField):
    """A file that can be kept as evidence."""

    def __init__(self, **options: Any) -> None:
        wanted = {
            "label": gettext_lazy("File"),
            "required": False,
            "widget": forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        }
        super().__init__(**{**wanted, **options})

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if not isinstance(upload, UploadedFile):
            return upload
        most = settings.PORTAL_EVIDENCE_MAX_MB
        if (upload.size or 0) > most * MEGABYTE:
            raise forms.ValidationError(
                _("This file is too large. Choose one of at most %(most)s MB.")
                % {"most": most}
            )
        if kind_of(upload.name or "", upload.read()) is None:
            raise forms.ValidationError(
                _(
                    "This file cannot be used. Choose a PDF, PNG, JPEG, e-mail (.eml) "
                    "or text file (.txt)."
                )
            )
        return upload


def keep_file(move: Move, upload: UploadedFile[bytes], *, actor: Actor) -> EvidenceFile:
    """Store a file that was accepted by EvidenceField, with its fingerprint."""
    upload.seek(0)
    content = upload.read()
    name = plain_name(upload.name or "")
    kind = kind_of(name, content)
    if kind is None or actor.user_id is None:
        raise ValueError("only a checked file of a person is kept")
    upload.seek(0)
    kept = EvidenceFile(
        move=move,
        name=name,
        content_type=kind.content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by_id=actor.user_id,
    )
    kept.file.save(name, upload, save=False)
    kept.save()
    return kept


def plain_name(name: str) -> str:
    """The last part of a name, without signs that a header or a screen trips over."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join(sign for sign in last if sign.isprintable() and sign not in '"<>')
    stem, suffix = PurePosixPath(clean).stem, PurePosixPath(clean).suffix
    return f"{stem[:150]}{suffix}"
