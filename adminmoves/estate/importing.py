"""Imports the estate from three files: all of it, or nothing and all reasons."""

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adminmoves import access
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.audit.trail import TrailEntry
from adminmoves.errors import DomainError
from adminmoves.estate.administrations import match_administrations
from adminmoves.estate.matching import (
    Change,
    CleanRow,
    Match,
    Source,
    clean_rows,
    match_connections,
    match_environments,
)
from adminmoves.estate.rows import Fault, is_cut_off, last_line, read_rows
from adminmoves.estate.saving import CHUNK_ROWS, chunks, record, write
from adminmoves.estate.sheets import CONNECTIONS, ENVIRONMENTS, SHEETS
from adminmoves.models import Administration, BookkeepingConnection, Environment
from adminmoves.models.postgres import set_local
from adminmoves.vocabulary import EventCode, Right

JOB = "import_estate"
M = TypeVar("M", Environment, BookkeepingConnection, Administration)


@dataclass(frozen=True, slots=True)
class NamedFile:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Count:
    """The number of rows of a file by what the import does with them."""

    new: int
    changed: int
    same: int


class EstateRefused(DomainError):
    """Nothing was imported; ``faults`` names each line that is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        message = ngettext(
            "Nothing was imported: %(n)s fault.",
            "Nothing was imported: %(n)s faults.",
            len(faults),
        )
        super().__init__(message % {"n": len(faults)})
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Watch:
    """Callbacks of an import.

    ``progress`` gets a file, the number of rows that are done, and of all rows;
    ``warn`` gets a line that was imported and that a person should look at.
    """

    progress: Callable[[str, int, int], None] = lambda _file, _done, _all: None
    warn: Callable[[Fault], None] = lambda _fault: None


NO_WATCH = Watch()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read and checked without the record."""

    source: Source
    file: NamedFile
    rows: list[CleanRow]
    faults: list[Fault]
    ids: Container[str]


def import_estate(
    files: Sequence[NamedFile],
    *,
    actor: Actor,
    is_check: bool = False,
    watch: Watch = NO_WATCH,
) -> dict[str, Count]:
    """Import offices, connections and administrations, in that order of files.

    A second import of the same files changes nothing, and neither does ``is_check``.
    Rows that no file names stay as they are. Raises NotAllowed, EstateRefused.
    """
    access.require(actor, Right.KEEP_ESTATE)
    # Before the transaction, because it may take minutes and here it locks nothing.
    read = [
        _prepare(Source(sheet, file.name), file, watch)
        for sheet, file in zip(SHEETS, files, strict=True)
    ]
    with transaction.atomic():
        # The limit is for pages; matching takes its time between two statements.
        set_local("idle_in_transaction_session_timeout", "0")
        counts = _import(read, actor, watch)
        if is_check:
            transaction.set_rollback(True)
    return counts


def _prepare(source: Source, file: NamedFile, watch: Watch) -> Prepared:
    rows, unread = read_rows(file.name, file.content, source.sheet.header)
    clean: list[CleanRow] = []
    faults = list(unread)
    lines: dict[str, int] = {}
    for done, part in enumerate(chunks(rows)):
        watch.progress(file.name, done * CHUNK_ROWS, len(rows))
        found, wrong = clean_rows(source, part, lines)
        clean.extend(found)
        faults.extend(wrong)
    ids = AnyId() if unread else {row.cells["id"] for row in rows}
    return Prepared(source, file, clean, faults, ids)


def _import(read: Sequence[Prepared], actor: Actor, watch: Watch) -> dict[str, Count]:
    faults: list[Fault] = []
    changes: list[Change] = []
    counts: dict[str, Count] = {}
    earlier_ids: Container[str] = frozenset()
    for file in read:
        match = _match(file.source, file.rows, earlier_ids)
        refused = write(file.source, match.changes, watch.progress)
        found = [*file.faults, *match.faults, *refused]
        faults.extend(sorted(found, key=lambda fault: fault.line))
        for warning in [*_cut_off(file.file), *match.warnings]:
            watch.warn(warning)
        changes.extend(match.changes)
        counts[file.source.sheet.name] = _count(match)
        earlier_ids = file.ids
    if faults:
        raise EstateRefused(faults)
    record(actor, changes)
    trail.record(actor, [_line([file.file for file in read], counts)])
    return counts


def _cut_off(file: NamedFile) -> Iterator[Fault]:
    if is_cut_off(file.content):
        what = _("The last line has no end, so the file may be cut off.")
        remedy = _("Look whether this line is whole, and whether more should follow.")
        yield Fault(file.name, last_line(file.content), "", what, remedy)


class AnyId(Container[str]):
    """The ids of a file that could not be read, and so may contain any id."""

    def __contains__(self, _id: object) -> bool:
        return True


def _match(source: Source, rows: list[CleanRow], before: Container[str]) -> Match:
    ids = [row.public_id for row in rows]
    offices, connections = (
        Environment.objects.all(),
        BookkeepingConnection.objects.all(),
    )
    if source.sheet is ENVIRONMENTS:
        return match_environments(rows, _lock_rows(offices, ids))
    connections = connections.select_related("environment")
    if source.sheet is CONNECTIONS:
        named = _lock_rows(offices, {row.values["environment"] for row in rows})
        return match_connections(
            source, rows, _lock_rows(connections, ids), named, before
        )
    return match_administrations(
        source,
        rows,
        _lock_rows(Administration.objects.all(), ids),
        _lock_rows(connections, {row.values["connection"] for row in rows}),
        before,
    )


def _lock_rows(found: models.QuerySet[M], ids: Iterable[str]) -> dict[str, M]:
    """Lock rows until the import ends; return them by public id.

    Without their keys, so that a transaction that only refers to a row goes on.
    """
    rows_by_id = {}
    for part in chunks(sorted(ids)):
        named = found.filter(public_id__in=part)
        locked = named.select_for_update(of=("self",), no_key=True)
        for subject in locked.order_by("pk"):
            rows_by_id[subject.public_id] = subject
    return rows_by_id


def _count(match: Match) -> Count:
    new = sum(change.is_new for change in match.changes)
    return Count(new, len(match.changes) - new, match.same)


def _line(files: Sequence[NamedFile], counts: Mapping[str, Count]) -> TrailEntry:
    params = {
        "files": [
            {"name": file.name, "sha256": hashlib.sha256(file.content).hexdigest()}
            for file in files
        ],
        "counts": {name: asdict(count) for name, count in counts.items()},
    }
    subject = ", ".join(file.name for file in files)
    return trail.about_job(
        JOB, EventCode.ESTATE_IMPORTED, subject=subject, params=params
    )
