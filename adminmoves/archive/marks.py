"""The mark of a store, which tells it from what is at its place while it is away.

A disk that is not mounted leaves an empty folder, and a wrong mount shows the files of
another. So a store has a file with the same text as a row (StoreMark), compared before
we rely on what is or is not in the store. Both are written once, at its first use; a
missing mark is never made anew.
"""

import errno
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import Protocol

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from adminmoves.errors import DomainError
from adminmoves.models import StoreMark
from adminmoves.models.postgres import advisory_lock
from adminmoves.vocabulary import StoreName

MARK = ".portal-mark"
"""The key of the file; no other file has this name."""
LOCK = 7003
"""Key of the advisory lock for marking a store the first time."""
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
SENTENCES: dict[StoreName, Promise] = {
    StoreName.ARCHIVE: gettext_lazy(
        "The archive cannot be reached now. Nothing is lost. Runs wait, and go on by "
        "themselves when it is back."
    ),
    StoreName.EVIDENCE: gettext_lazy(
        "The folder with evidence cannot be reached now. Nothing is lost. Try again "
        "later, or give a ticket number instead of a file."
    ),
}


class Marked(Protocol):
    """The part of a store that its mark needs. Raises OSError where it refuses."""

    def make(self) -> None:
        """Make the place for the files, if it is not there."""

    def read(self, key: str) -> bytes | None:
        """Read a small file; None if it is missing."""

    def put(self, key: str, content: bytes) -> None:
        """Write a file, in the place of the old one if any."""

    def rewrite(self, key: str) -> None:
        """Write a small file at the top once more; FileNotFoundError: it is not there.

        Nothing is written to what came to stand at the place of the store.
        """

    def durable(self, keys: Collection[str]) -> AbstractContextManager[None]:
        """Files written to these keys inside it survive a power cut after it."""


class StoreAway(DomainError):
    """The store is away: at its place is something that is not ours.

    ``why``: "missing", "foreign", or the words of the system.
    """

    def __init__(self, name: StoreName, why: str) -> None:
        super().__init__(str(SENTENCES[name]))
        self.why = why
        # Only runs store a reason, and they need the archive.
        self.reason: dict[str, object] = {"code": "archive_away", "why": why}


def require(name: StoreName, store: Marked, is_ours: Callable[[], bool]) -> None:
    """Raise StoreAway unless this is our store.

    ``is_ours``: called where no mark was ever made, to see whether the files of our
    rows are there. If so the store is marked.
    """
    mark = mark_of(name) or _mark(name, store, is_ours)
    if why := why_away(mark, store):
        raise StoreAway(name, why)


def require_writable(name: StoreName, store: Marked) -> None:
    """Raise StoreAway where nothing can be written, unless the disk is just full."""
    try:
        with store.durable([MARK]):
            store.rewrite(MARK)
    except OSError as refused:
        if refused.errno not in NO_ROOM:
            raise StoreAway(name, words_of(refused)) from refused


def why_away(mark: str, store: Marked) -> str:
    """Why this is not our store; "" where it is. Without a query."""
    try:
        found = store.read(MARK)
    except OSError as refused:
        return words_of(refused)
    if found is None:
        return "missing"
    return "" if found.decode(errors="replace").strip() == mark else "foreign"


def mark_of(name: StoreName) -> str:
    """The text that the mark must have; "" where none was ever made."""
    marks = StoreMark.objects.filter(pk=name).values_list("mark", flat=True)
    return "".join(str(mark) for mark in marks)


def words_of(refused: OSError) -> str:
    return refused.strerror or type(refused).__name__


def _mark(name: StoreName, store: Marked, is_ours: Callable[[], bool]) -> str:
    """Mark a store for the first time; a mark of an earlier database stays."""
    with transaction.atomic():
        advisory_lock(LOCK)
        if mark := mark_of(name):
            return mark
        try:
            return _mark_where_ours(name, store, is_ours)
        except OSError as refused:
            raise StoreAway(name, words_of(refused)) from refused


def _mark_where_ours(
    name: StoreName, store: Marked, is_ours: Callable[[], bool]
) -> str:
    if not is_ours():
        raise StoreAway(name, "missing")
    row = StoreMark(name=name)
    store.make()
    if found := store.read(MARK):
        row.mark = StoreMark.mark_in(found) or row.mark
    with store.durable([MARK]):
        store.put(MARK, str(row.mark).encode())
    row.save(force_insert=True)
    return str(row.mark)
