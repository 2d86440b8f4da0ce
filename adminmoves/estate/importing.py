"""Imports the estate from three files: all of it, or nothing with every reason."""

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from django.db import connection, models, transaction
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
    Clean,
    Match,
    Source,
    clean_rows,
    match_connections,
    match_environments,
)
from adminmoves.estate.rows import Fault, is_cut_off, last_line, read_rows
from adminmoves.estate.saving import AT_A_TIME, chunks, record, write
from adminmoves.estate.sheets import CONNECTIONS, ENVIRONMENTS, SHEETS
from adminmoves.models import Administration, BookkeepingConnection, Environment
from adminmoves.vocabulary import EventCode, Right

JOB = "import_estate"
M = TypeVar("M", Environment, BookkeepingConnection, Administration)


@dataclass(frozen=True, slots=True)
class NamedFile:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Count:
    """What a file came to."""

    new: int
    changed: int
    same: int


class EstateRefused(DomainError):
    """Nothing was imported; ``faults`` tells every line that is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        told = ngettext(
            "Nothing was imported: %(n)s fault.",
            "Nothing was imported: %(n)s faults.",
            len(faults),
        )
        super().__init__(told % {"n": len(faults)})
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Watch:
    """Who follows an import. ``progress`` is told a file and how many rows of how many
    are done; ``warn`` what was taken and somebody should look at."""

    progress: Callable[[str, int, int], None] = lambda _file, _done, _all: None
    warn: Callable[[Fault], None] = lambda _fault: None


NOBODY = Watch()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read and checked by itself, without the record."""

    source: Source
    file: NamedFile
    rows: list[Clean]
    faults: list[Fault]
    ids: Container[str]


def import_estate(
    files: Sequence[NamedFile],
    *,
    actor: Actor,
    is_check: bool = False,
    watch: Watch = NOBODY,
) -> dict[str, Count]:
    """Import offices, connections and administrations, in that order of files.

    A second import of the same files changes nothing. What no file names stays as it
    is; with ``is_check`` everything does. Raises NotAllowed, EstateRefused.
    """
    access.require(actor, Right.KEEP_ESTATE)
    # Before the transaction: it may take minutes, and holds nothing up here.
    read = [
        _prepare(Source(sheet, file.name), file, watch)
        for sheet, file in zip(SHEETS, files, strict=True)
    ]
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The limit is for pages; between two statements rows are matched here.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        counts = _import(read, actor, watch)
        if is_check:
            transaction.set_rollback(True)
    return counts


def _prepare(source: Source, file: NamedFile, watch: Watch) -> Prepared:
    rows, unread = read_rows(file.name, file.content, source.sheet.header)
    clean: list[Clean] = []
    faults = list(unread)
    lines: dict[str, int] = {}
    for done, part in enumerate(chunks(rows)):
        watch.progress(file.name, done * AT_A_TIME, len(rows))
        found, wrong = clean_rows(source, part, lines)
        clean.extend(found)
        faults.extend(wrong)
    ids = Anything() if unread else {row.cells["id"] for row in rows}
    return Prepared(source, file, clean, faults, ids)


def _import(read: Sequence[Prepared], actor: Actor, watch: Watch) -> dict[str, Count]:
    faults: list[Fault] = []
    changes: list[Change] = []
    counts: dict[str, Count] = {}
    before: Container[str] = frozenset()
    for one in read:
        match = _match(one.source, one.rows, before)
        refused = write(one.source, match.changes, watch.progress)
        found = [*one.faults, *match.faults, *refused]
        faults.extend(sorted(found, key=lambda fault: fault.line))
        for warning in [*_cut_off(one.file), *match.warnings]:
            watch.warn(warning)
        changes.extend(match.changes)
        counts[one.source.sheet.name] = _count(match)
        before = one.ids
    if faults:
        raise EstateRefused(faults)
    record(actor, changes)
    trail.record(actor, [_line([one.file for one in read], counts)])
    return counts


def _cut_off(file: NamedFile) -> Iterator[Fault]:
    if is_cut_off(file.content):
        what = _("The last line has no end, so the file may be cut off.")
        remedy = _("Look whether this line is whole, and whether more should follow.")
        yield Fault(file.name, last_line(file.content), "", what, remedy)


class Anything(Container[str]):
    """Ids of a file that could not be read: it may have held any."""

    def __contains__(self, _id: object) -> bool:
        return True


def _match(source: Source, rows: list[Clean], before: Container[str]) -> Match:
    ids = [row.public_id for row in rows]
    offices, connections = (
        Environment.objects.all(),
        BookkeepingConnection.objects.all(),
    )
    if source.sheet is ENVIRONMENTS:
        return match_environments(rows, _held(offices, ids))
    connections = connections.select_related("environment")
    if source.sheet is CONNECTIONS:
        named = _held(offices, {row.values["environment"] for row in rows})
        return match_connections(source, rows, _held(connections, ids), named, before)
    return match_administrations(
        source,
        rows,
        _held(Administration.objects.all(), ids),
        _held(connections, {row.values["connection"] for row in rows}),
        before,
    )


def _held(found: models.QuerySet[M], ids: Iterable[str]) -> dict[str, M]:
    """Rows of the record by their id, held until the import ends.

    Their keys stay, so whoever only refers to one (a run that ends) goes on.
    """
    held = {}
    for part in chunks(sorted(ids)):
        named = found.filter(public_id__in=part)
        locked = named.select_for_update(of=("self",), no_key=True)
        for subject in locked.order_by("pk"):
            held[subject.public_id] = subject
    return held


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
