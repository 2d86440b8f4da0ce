"""Tells a store of ours from what stands at its place while it is away.

A disk that is not mounted leaves an empty folder, a wrong mount another's files. So
a store carries a file that says the same as a row: whoever is about to rely on what
is in the store, or is not in it, looks at that first. The row is written once, when
the store is first used; a mark is never made anew where one is missing.
"""

import errno
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import Protocol

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from adminmoves.errors import DomainError
from adminmoves.models import StoreMark
from adminmoves.vocabulary import StoreName

MARK = ".portal-mark"
"""The key of the file; no file of ours is called so."""
LOCK = 7003
"""Our class of advisory locks: while somebody marks a store for the first time."""
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
    """What a store offers to be told from another. Where it refuses: OSError."""

    def make(self) -> None:
        """Have a place for the files; what lies there already stays."""

    def read(self, key: str) -> bytes | None:
        """A small file; None where there is none."""

    def put(self, key: str, content: bytes) -> None:
        """Write a file; what stood there before is gone."""

    def rewrite(self, key: str) -> None:
        """Write a small file at the top once more; FileNotFoundError: it is not there.

        Nothing is written to what came to stand at the place of the store.
        """

    def durable(self, keys: Collection[str]) -> AbstractContextManager[None]:
        """What is written to these keys within outlives a power cut after it."""


class StoreAway(DomainError):
    """What stands at the place of a store is not our store.

    ``why``: "missing", "foreign", or what the system said.
    """

    def __init__(self, name: StoreName, why: str) -> None:
        super().__init__(str(SENTENCES[name]))
        self.why = why
        # Only runs store a reason, and what they wait for is the archive.
        self.reason: dict[str, object] = {"code": "archive_away", "why": why}


def require(name: StoreName, store: Marked, is_ours: Callable[[], bool]) -> None:
    """Raise StoreAway unless this is our store.

    ``is_ours`` is asked where no mark was ever made: whether what our rows tell of is
    there. Then the store is marked.
    """
    mark = mark_of(name) or _mark(name, store, is_ours)
    if why := why_away(mark, store):
        raise StoreAway(name, why)


def require_writable(name: StoreName, store: Marked) -> None:
    """Raise StoreAway where nothing at all can be written, but for want of room."""
    try:
        with store.durable([MARK]):
            store.rewrite(MARK)
    except OSError as refused:
        if refused.errno not in NO_ROOM:
            raise StoreAway(name, words_of(refused)) from refused


def why_away(mark: str, store: Marked) -> str:
    """Why this is not our store; empty where it is. Asks no database."""
    try:
        found = store.read(MARK)
    except OSError as refused:
        return words_of(refused)
    if found is None:
        return "missing"
    return "" if found.decode(errors="replace").strip() == mark else "foreign"


def mark_of(name: StoreName) -> str:
    """What the mark has to say; empty where none was ever made."""
    marks = StoreMark.objects.filter(pk=name).values_list("mark", flat=True)
    return "".join(str(mark) for mark in marks)


def words_of(refused: OSError) -> str:
    return refused.strerror or type(refused).__name__


def _mark(name: StoreName, store: Marked, is_ours: Callable[[], bool]) -> str:
    """Mark it for the first time; one that was marked for a database of before stays
    as it is."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
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
