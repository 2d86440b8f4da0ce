"""Evidence files: uploaded, stored with their SHA-256, and compared when read."""

import errno
import hashlib
import os
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.access import Actor
from adminmoves.archive import marks
from adminmoves.archive.durable import DurableStorage
from adminmoves.archive.marks import StoreAway, words_of
from adminmoves.errors import DomainError
from adminmoves.evidence.file_kinds import (
    SUFFIXES,
    kind_of,
    plain_name,
    refusal_message,
)
from adminmoves.models import EvidenceFile, Move
from adminmoves.vocabulary import FileTrouble, StoreName

MEGABYTE = 1024 * 1024
FILES_PROBED = 5
"""Files to look for in a folder that was never marked (``archive.marks``)."""
SENTENCES: dict[FileTrouble, Promise] = {
    FileTrouble.MISSING: gettext_lazy(
        "The file “%(name)s” is not there any more, so it cannot be shown and proves "
        "nothing. Have an administrator restore it from a backup, or attest again with "
        "another file."
    ),
    FileTrouble.CHANGED: gettext_lazy(
        "The file “%(name)s” is not the one that was given: it was changed afterwards. "
        "It is not shown and proves nothing. Have an administrator restore it from a "
        "backup, or attest again with another file."
    ),
}


class EvidenceRefused(DomainError):
    """The disk or the store refused a file. ``why``: its own words."""

    def __init__(self, why: str) -> None:
        text = _(
            "The file could not be kept: %(why)s. Nothing is lost. Tell an "
            "administrator, or give a ticket number instead."
        )
        super().__init__(text % {"why": why})


class EvidenceFull(DomainError):
    """A limit on files is reached; the text says which one, and what helps."""


class EvidenceDiffers(DomainError):
    """A file was changed or lost after it was uploaded."""

    def __init__(self, evidence: EvidenceFile, trouble: FileTrouble) -> None:
        super().__init__(str(SENTENCES[trouble]) % {"name": evidence.name})
        self.evidence, self.trouble = evidence, trouble


class EvidenceField(forms.FileField):
    """A file that ``store_file`` accepts."""

    def __init__(self, **options: Any) -> None:
        defaults = {
            "label": gettext_lazy("File"),
            "required": False,
            "widget": forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        }
        super().__init__(**{**defaults, **options})

    def clean(self, data: object, initial: object = None) -> Any:
        upload = super().clean(data, initial)
        if not isinstance(upload, UploadedFile):
            return upload
        max_mb = settings.PORTAL_EVIDENCE_MAX_MB
        if (upload.size or 0) > max_mb * MEGABYTE:
            raise forms.ValidationError(
                _("This file is too large. Choose one of at most %(most)s MB.")
                % {"most": max_mb}
            )
        content = upload.read()
        if kind_of(upload.name or "", content) is None:
            raise forms.ValidationError(refusal_message(upload.name or "", content))
        # Said at the field now: the rest of the form keeps what was typed.
        try:
            require_folder()
        except StoreAway as away:
            raise forms.ValidationError(str(away)) from away
        return upload


def full_message(move: Move, upload: UploadedFile[bytes], *, actor: Actor) -> str:
    """Why there is no room for one more file; "" where there is.

    Replaced files count too: they belong to the record and are never deleted.
    """
    day = timezone.now() - timedelta(days=1)
    stored = EvidenceFile.objects.filter(
        Q(move=move) | Q(uploaded_by=actor.person, uploaded_at__gt=day)
    ).aggregate(
        of_move=Sum("size", filter=Q(move=move), default=0),
        of_person=Sum("size", filter=Q(uploaded_by=actor.person), default=0),
    )
    size = upload.size or 0
    if stored["of_move"] + size > settings.PORTAL_EVIDENCE_PER_MOVE_MB * MEGABYTE:
        return _(
            "This request holds %(most)s MB of files already, also what was replaced. "
            "Fill in the ticket number where this file can be found."
        ) % {"most": settings.PORTAL_EVIDENCE_PER_MOVE_MB}
    if stored["of_person"] + size > settings.PORTAL_EVIDENCE_PER_DAY_MB * MEGABYTE:
        return _(
            "You sent %(most)s MB of files within a day. Fill in the ticket number "
            "where this file can be found, or send it tomorrow."
        ) % {"most": settings.PORTAL_EVIDENCE_PER_DAY_MB}
    return ""


def store_file(
    move: Move, upload: UploadedFile[bytes], *, actor: Actor
) -> EvidenceFile:
    """Store a file that EvidenceField accepted, with its SHA-256.

    Returns the stored one where this person gave the same file to this move before.
    Raises EvidenceFull, EvidenceRefused or StoreAway.
    """
    # The field has read it to its end already.
    upload.seek(0)
    content = upload.read()
    name = plain_name(upload.name or "")
    kind = kind_of(name, content)
    if kind is None or actor.user_id is None:
        raise ValueError("only a checked file of a person is stored")
    sha256 = hashlib.sha256(content).hexdigest()
    same = EvidenceFile.objects.filter(
        move=move, sha256=sha256, name=name, uploaded_by=actor.user_id
    ).first()
    # A file that was lost or changed on the disk is stored once more.
    if same is not None and trouble_with(same) is None:
        return same
    if full := full_message(move, upload, actor=actor):
        raise EvidenceFull(full)
    upload.seek(0)
    evidence = EvidenceFile(
        move=move,
        name=name,
        content_type=kind.content_type,
        size=len(content),
        sha256=sha256,
        uploaded_by_id=actor.user_id,
    )
    require_folder()
    try:
        evidence.file.save(name, upload, save=False)
    except OSError as refused:
        raise EvidenceRefused(words_of(refused)) from refused
    _require_stored(evidence)
    evidence.save()
    return evidence


def _require_stored(evidence: EvidenceFile) -> None:
    """Look whether a file was written to our folder, and not to one in its place.

    A disk may go away between the look at its mark and the write. Raises StoreAway or
    EvidenceRefused; no file is left behind then.
    """
    try:
        require_folder()
    except StoreAway:
        evidence.file.delete(save=False)
        raise
    if trouble_with(evidence) is not None:
        raise EvidenceRefused(os.strerror(errno.ENOENT))


def require_folder() -> None:
    """Raise StoreAway where the folder of the evidence cannot be reached."""
    marks.require(StoreName.EVIDENCE, evidence_store(), _is_ours)


def evidence_store() -> DurableStorage:
    return cast("DurableStorage", storages["default"])


def read_genuine(evidence: EvidenceFile) -> bytes:
    """Read a file as it was uploaded. Raises EvidenceDiffers, StoreAway."""
    content = _read(evidence)
    if content is None:
        # A whole folder that is away, such as an unmounted disk, is no lost file.
        require_folder()
        raise EvidenceDiffers(evidence, FileTrouble.MISSING)
    if hashlib.sha256(content).hexdigest() != evidence.sha256:
        raise EvidenceDiffers(evidence, FileTrouble.CHANGED)
    return content


def trouble_with(evidence: EvidenceFile) -> FileTrouble | None:
    """The trouble with a stored file, if any. Raises StoreAway."""
    try:
        read_genuine(evidence)
    except EvidenceDiffers as differs:
        return differs.trouble
    return None


def _read(evidence: EvidenceFile) -> bytes | None:
    try:
        return evidence_store().read(str(evidence.file.name))
    except (SuspiciousFileOperation, ValueError):
        # A name outside the folder, which only raw SQL could have written.
        return None
    except OSError as refused:
        require_folder()
        raise StoreAway(StoreName.EVIDENCE, words_of(refused)) from refused


def _is_ours() -> bool:
    """Whether a file of one of the newest rows is there; True without rows."""
    store = evidence_store()
    newest = EvidenceFile.objects.order_by("-pk").values_list("file", flat=True)
    keys = list(newest[:FILES_PROBED])
    return not keys or any(store.exists(key) for key in keys)
