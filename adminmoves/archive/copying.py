"""Copies a run's archive in chunks: each is files first, on the disk, then one line
per document. When all were copied, every copy is read once more before the switch.

A file that is there already is probed, not trusted: so a worker that died between
the two, or an earlier attempt, costs no second copy and hides no bad one. Nor does a
takeover trust what was compared before it: the death may have been a power cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from adminmoves.archive.keys import TOGETHER, folder_after, key_in
from adminmoves.archive.marks import MARK
from adminmoves.archive.store import (
    CopyDiffers,
    Digest,
    Store,
    archive_store,
)
from adminmoves.models import Attempt, CleanUp, Document, Move
from adminmoves.vocabulary import MoveState

MOST_DOCUMENTS = 500
MOST_BYTES = 64 * 1024 * 1024
TRIES = 2
"""A copy that does not come back as it was written is made once more."""

COLUMNS = ("pk", "storage_key", "size", "sha256")
ENTER = """
INSERT INTO adminmoves_documentcopy (move_id, document_id, storage_key, size, sha256)
SELECT %(move)s, d.id, %(folder)s || '/' || d.id / %(together)s || '/' || d.id,
       d.size, d.sha256
FROM adminmoves_document d
WHERE d.administration_id = %(administration)s AND d.id > %(after)s AND d.id <= %(last)s
ON CONFLICT DO NOTHING
"""
SWITCH = """
WITH old AS (
    SELECT d.id, d.storage_key, copy.storage_key AS new_key
    FROM adminmoves_document d CROSS JOIN LATERAL (
        SELECT c.storage_key FROM adminmoves_documentcopy c
        WHERE c.move_id = %(move)s AND c.document_id = d.id OFFSET 0
    ) AS copy
    WHERE d.administration_id = %(administration)s
), moved AS (
    UPDATE adminmoves_document d SET storage_key = old.new_key
    FROM old WHERE d.id = old.id
)
INSERT INTO adminmoves_leftover (clean_up_id, storage_key)
SELECT %(clean_up)s, storage_key FROM old
"""
"""OFFSET 0: each document's copy is looked up by its key. Where the statistics know
nothing of so new a move the planner would read all its copies for each document."""
ABANDON = """
INSERT INTO adminmoves_leftover (clean_up_id, storage_key)
SELECT %(clean_up)s, %(folder)s || '/' || d.id / %(together)s || '/' || d.id
FROM adminmoves_document d WHERE d.administration_id = %(administration)s
"""
"""Every key that this move may have written: a worker that died, or that the store
refused, wrote files that no row names."""


class Source(NamedTuple):
    """A document of a chunk: where its file is, and what it must be."""

    document: int
    storage_key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """The next documents of a run, in the order of their ids.

    ``again``: they were copied and written down, and are compared once more.
    """

    documents: Sequence[Source]
    again: bool = False

    @property
    def size(self) -> int:
        return sum(source.size for source in self.documents)

    @property
    def last(self) -> int:
        return self.documents[-1].document


def next_chunk(move: Move, attempt: Attempt) -> Chunk | None:
    """What to copy next, then what to compare; None when all of it was."""
    fresh = _after(move, attempt.cursor)
    if fresh:
        return Chunk(fresh)
    copied = _after(move, attempt.compared)
    return Chunk(copied, again=True) if copied else None


def _after(move: Move, cursor: int) -> list[Source]:
    """The documents after the one with this id, as many as are copied at once."""
    ahead = Document.objects.filter(
        administration=move.administration_id, pk__gt=cursor
    ).order_by("pk")
    taken: list[Source] = []
    size = 0
    most = min(MOST_DOCUMENTS, archive_store().together)
    for row in ahead.values_list(*COLUMNS)[:most]:
        source = Source(*row)
        size += source.size
        if taken and size > MOST_BYTES:
            break
        taken.append(source)
    return taken


def open_folder(move: Move) -> None:
    """Let the holder of the run copy, whoever it is.

    Under the lease: so once a move was given up nobody opens its folder again, and a
    worker that sleeps through that finds it closed (``cleaning``).
    """
    archive_store().open_folder(folder_after(move, move.revision), MARK)


def copy_files(move: Move, chunk: Chunk) -> None:
    """Have the file of each document at its new key, compared and on the disk.

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


def _is_there(store: Store, source: Source, target: str) -> bool:
    return store.digest(target) == (source.size, source.sha256)


def _copy_file(store: Store, source: Source, target: str) -> None:
    for left in reversed(range(TRIES)):
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
    """Write a chunk down, under the lease: its lines, and how far the run is."""
    if chunk.again:
        # No progress that a takeover would keep, so takeovers are counted on.
        attempt.compared, attempt.waits_for = chunk.last, {}
        attempt.save(update_fields=["compared", "waits_for"])
        return
    told = {
        "move": move.pk,
        "administration": move.administration_id,
        "after": attempt.cursor,
        "last": chunk.last,
        "folder": folder_after(move, move.revision),
        "together": TOGETHER,
    }
    with connection.cursor() as cursor:
        cursor.execute(ENTER, told)
    attempt.cursor = chunk.last
    attempt.copied += len(chunk.documents)
    attempt.copied_size += chunk.size
    attempt.takeovers, attempt.waits_for = 0, {}
    attempt.save(
        update_fields=["cursor", "copied", "copied_size", "takeovers", "waits_for"]
    )


def begin_again(attempt: Attempt) -> None:
    """Look at every file anew, whatever was written down of it; unsaved."""
    attempt.move.document_copies.all().delete()
    attempt.cursor = attempt.compared = attempt.copied = attempt.copied_size = 0


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
