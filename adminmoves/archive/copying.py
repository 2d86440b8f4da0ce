"""Copies the archive of a run in chunks: first files, on the disk, then their rows.

When all are copied, every copy is read once more before the switch. A file that is
there already is compared, not trusted: it may be of a worker that died before it wrote
the rows. A takeover compares everything again, since a power cut may be behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from adminmoves.archive.keys import DOCUMENTS_PER_FOLDER, folder_after, key_in
from adminmoves.archive.marks import MARK
from adminmoves.archive.store import (
    CopyDiffers,
    Digest,
    Store,
    archive_store,
)
from adminmoves.models import Attempt, CleanUp, Document, Move
from adminmoves.models.sql import sql_beside
from adminmoves.vocabulary import MoveState

MOST_DOCUMENTS = 500
MOST_BYTES = 64 * 1024 * 1024
MAX_TRIES = 2
"""A copy that reads back differently is made once more."""

COLUMNS = ("pk", "storage_key", "size", "sha256")
INSERT_COPIES = sql_beside(__file__, "insert_copies")
REFER_TO_COPIES = sql_beside(__file__, "refer_to_copies")
INSERT_LEFTOVERS = sql_beside(__file__, "insert_leftovers")


class SourceFile(NamedTuple):
    """A document of a chunk, with the size and SHA-256 that its row has."""

    document: int
    storage_key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """The next documents of a run, in the order of their ids.

    ``again``: they were copied already, and are compared once more.
    """

    documents: Sequence[SourceFile]
    again: bool = False

    @property
    def size(self) -> int:
        return sum(source.size for source in self.documents)

    @property
    def last(self) -> int:
        return self.documents[-1].document


def next_chunk(move: Move, attempt: Attempt) -> Chunk | None:
    """The next documents to copy, then to compare; None when all was done."""
    fresh = _after(move, attempt.cursor)
    if fresh:
        return Chunk(fresh)
    copied = _after(move, attempt.compared)
    return Chunk(copied, again=True) if copied else None


def _after(move: Move, cursor: int) -> list[SourceFile]:
    """The documents of one chunk, after the one with this id."""
    ahead = Document.objects.filter(
        administration=move.administration_id, pk__gt=cursor
    ).order_by("pk")
    taken: list[SourceFile] = []
    size = 0
    max_documents = min(MOST_DOCUMENTS, archive_store().max_documents)
    for row in ahead.values_list(*COLUMNS)[:max_documents]:
        source = SourceFile(*row)
        size += source.size
        # At least one, however large: a chunk without a document would end the copy.
        if taken and size > MOST_BYTES:
            break
        taken.append(source)
    return taken


def open_folder(move: Move) -> None:
    """Open the folder of the copies, under the lease of the run.

    Nobody opens it again after the move was abandoned, so a worker that slept through
    that finds it closed (``cleaning``).
    """
    archive_store().open_folder(folder_after(move, move.revision), MARK)


def copy_files(move: Move, chunk: Chunk) -> None:
    """Copy the file of each document to its new key, compared and on the disk.

    Raises SourceDiffers, CopyDiffers, OSError.
    """
    store, folder = archive_store(), folder_after(move, move.revision)
    todo = [(source, key_in(folder, source.document)) for source in chunk.documents]
    if chunk.again:
        todo = [
            (source, key) for source, key in todo if not _is_there(store, source, key)
        ]
    if not todo:
        return
    with store.durable([target for _source, target in todo]):
        for source, target in todo:
            _copy_file(store, source, target)


def _is_there(store: Store, source: SourceFile, target: str) -> bool:
    return store.digest(target) == (source.size, source.sha256)


def _copy_file(store: Store, source: SourceFile, target: str) -> None:
    for left in reversed(range(MAX_TRIES)):
        # Of a worker that died before it wrote the rows.
        if _is_there(store, source, target):
            break
        try:
            expected = Digest(source.size, source.sha256)
            store.copy(source.storage_key, target, expected)
            break
        except CopyDiffers:
            if not left:
                raise


def enter(attempt: Attempt, move: Move, chunk: Chunk) -> None:
    """Write the rows of a chunk and the progress of the run, under the lease."""
    if chunk.again:
        # A takeover compares again, so this is no progress that resets the count.
        attempt.compared, attempt.waits_for = chunk.last, {}
        attempt.save(update_fields=["compared", "waits_for"])
        return
    params = {
        "move": move.pk,
        "administration": move.administration_id,
        "after": attempt.cursor,
        "last": chunk.last,
        "folder": folder_after(move, move.revision),
        "per_folder": DOCUMENTS_PER_FOLDER,
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT_COPIES, params)
    attempt.cursor = chunk.last
    attempt.copied += len(chunk.documents)
    attempt.copied_size += chunk.size
    attempt.takeovers, attempt.waits_for = 0, {}
    attempt.save(
        update_fields=["cursor", "copied", "copied_size", "takeovers", "waits_for"]
    )


def begin_again(attempt: Attempt) -> None:
    """Forget the progress of an attempt, which the caller saves."""
    attempt.move.document_copies.all().delete()
    attempt.cursor = attempt.compared = attempt.copied = attempt.copied_size = 0


def switch(move: Move) -> None:
    """Let every document refer to its copy, and the old file to the clean-up.

    Part of the transaction that changes the place.
    """
    keep = timedelta(hours=settings.PORTAL_ARCHIVE_KEEP_HOURS)
    _clean_later(move, REFER_TO_COPIES, keep, {"move": move.pk})


def abandon(move: Move) -> None:
    """Leave the copies of an abandoned run to the clean-up: no retry uses them."""
    if not _began_to_copy(move):
        return
    # A move that went back to draft has the next revision already.
    ran = move.revision - (move.state == MoveState.DRAFT)
    params: dict[str, int | str] = {
        "folder": folder_after(move, ran),
        "per_folder": DOCUMENTS_PER_FOLDER,
    }
    _clean_later(move, INSERT_LEFTOVERS, timedelta(0), params)
    move.document_copies.all().delete()


def _began_to_copy(move: Move) -> bool:
    """Whether it copied anything since its copies were last abandoned."""
    began = move.attempts.filter(documents__gt=0)
    given_up = move.clean_ups.order_by("due_at").last()
    if given_up:
        began = began.filter(started_at__gt=given_up.due_at)
    return began.exists()


def _clean_later(
    move: Move, statement: str, keep: timedelta, params: dict[str, int | str]
) -> None:
    job = CleanUp.objects.create(move=move, due_at=timezone.now() + keep)
    all_params = {
        "clean_up": job.pk,
        "administration": move.administration_id,
        **params,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, all_params)
        job.files = cursor.rowcount
    job.save(update_fields=["files"])
