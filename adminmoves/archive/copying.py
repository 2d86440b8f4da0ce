"""Copies a run's archive in chunks: each is files first, then one line per document.

A file that is there already is probed, not trusted: so a worker that died between
the two, or an earlier attempt, costs no second copy and hides no bad one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from adminmoves.archive.keys import TOGETHER, folder_after, key_after
from adminmoves.archive.store import CopyDiffers, Digest, archive_store
from adminmoves.models import Attempt, CleanUp, Document, DocumentCopy, Move
from adminmoves.vocabulary import MoveState

MOST_DOCUMENTS = 500
MOST_BYTES = 64 * 1024 * 1024
TRIES = 2
"""A copy that does not come back as it was written is made once more."""

SWITCH = """
WITH old AS (
    SELECT d.id, d.storage_key, c.storage_key AS new_key
    FROM adminmoves_document d
    JOIN adminmoves_documentcopy c ON c.document_id = d.id AND c.move_id = %(move)s
    WHERE d.administration_id = %(administration)s
), moved AS (
    UPDATE adminmoves_document d SET storage_key = old.new_key
    FROM old WHERE d.id = old.id
)
INSERT INTO adminmoves_leftover (clean_up_id, storage_key)
SELECT %(clean_up)s, storage_key FROM old
"""
ABANDON = """
INSERT INTO adminmoves_leftover (clean_up_id, storage_key)
SELECT %(clean_up)s, %(folder)s || '/' || d.id / %(together)s || '/' || d.id
FROM adminmoves_document d WHERE d.administration_id = %(administration)s
"""
"""Every key that this move may have written: a worker that died, or that the store
refused, wrote files that no row names."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The next documents of a run, in the order of their ids."""

    documents: Sequence[Document]

    @property
    def size(self) -> int:
        return sum(document.size for document in self.documents)

    @property
    def last(self) -> int:
        return self.documents[-1].pk


def next_chunk(move: Move, cursor: int) -> Chunk | None:
    """What comes after the document with this id; None when all were copied."""
    ahead = Document.objects.filter(
        administration=move.administration_id, pk__gt=cursor
    ).order_by("pk")[:MOST_DOCUMENTS]
    taken: list[Document] = []
    size = 0
    for document in ahead:
        size += document.size
        if taken and size > MOST_BYTES:
            break
        taken.append(document)
    return Chunk(taken) if taken else None


def copy_files(move: Move, chunk: Chunk) -> list[DocumentCopy]:
    """Have the file of each document at its new key, compared; unsaved lines.

    Raises SourceDiffers, CopyDiffers, OSError.
    """
    return [_copy_file(move, document) for document in chunk.documents]


def _copy_file(move: Move, document: Document) -> DocumentCopy:
    store, target = archive_store(), key_after(move, document.pk)
    expected = Digest(document.size, document.sha256)
    for left in reversed(range(TRIES)):
        if store.digest(target) == expected:
            break
        try:
            store.copy(document.storage_key, target, expected)
            break
        except CopyDiffers:
            if not left:
                raise
    return DocumentCopy(
        move=move,
        document=document,
        storage_key=target,
        size=document.size,
        sha256=document.sha256,
    )


def enter(attempt: Attempt, chunk: Chunk, copies: Sequence[DocumentCopy]) -> None:
    """Write a chunk down, under the lease: its lines, and how far the run is."""
    DocumentCopy.objects.bulk_create(copies, ignore_conflicts=True)
    attempt.cursor = chunk.last
    attempt.copied += len(chunk.documents)
    attempt.copied_size += chunk.size
    attempt.takeovers = 0
    attempt.save(update_fields=["cursor", "copied", "copied_size", "takeovers"])


def begin_again(attempt: Attempt) -> None:
    """Look at every file anew, whatever was written down of it; unsaved."""
    attempt.move.document_copies.all().delete()
    attempt.cursor = attempt.copied = attempt.copied_size = 0


def switch(move: Move) -> None:
    """Let every document refer to its copy; what it referred to is left over.

    Part of the transaction that changes the place.
    """
    keep = timedelta(hours=settings.PORTAL_ARCHIVE_KEEP_HOURS)
    _clean_later(move, SWITCH, keep, {"move": move.pk})


def abandon(move: Move) -> None:
    """No retry will use them: the copies that nothing refers to are left over."""
    if not _began_to_copy(move):
        return
    # Who goes back to a draft is at its next revision already.
    ran = move.revision - (move.state == MoveState.DRAFT)
    told: dict[str, int | str] = {
        "folder": folder_after(move, ran),
        "together": TOGETHER,
    }
    _clean_later(move, ABANDON, timedelta(0), told)
    move.document_copies.all().delete()


def _began_to_copy(move: Move) -> bool:
    """Since its copies were last given up."""
    began = move.attempts.filter(documents__gt=0)
    given_up = move.clean_ups.order_by("due_at").last()
    if given_up:
        began = began.filter(started_at__gt=given_up.due_at)
    return began.exists()


def _clean_later(
    move: Move, statement: str, keep: timedelta, told: dict[str, int | str]
) -> None:
    job = CleanUp.objects.create(move=move, due_at=timezone.now() + keep)
    params = {"clean_up": job.pk, "administration": move.administration_id, **told}
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        job.files = cursor.rowcount
    job.save(update_fields=["files"])
