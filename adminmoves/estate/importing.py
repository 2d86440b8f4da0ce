"""Imports the estate from three files: all of it, or nothing with every reason."""

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from django.db import models, transaction
from django.utils.translation import ngettext

from adminmoves import access
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.audit.trail import Line
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
from adminmoves.estate.rows import Fault, Row, read_rows
from adminmoves.estate.saving import chunks, record, write
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


@transaction.atomic
def import_estate(files: Sequence[NamedFile], *, actor: Actor) -> dict[str, Count]:
    """Import offices, connections and administrations, in that order of files.

    A second import of the same files changes nothing. What no file names stays as it
    is. Raises NotAllowed, EstateRefused.
    """
    access.require(actor, Right.KEEP_ESTATE)
    faults: list[Fault] = []
    changes: list[Change] = []
    counts: dict[str, Count] = {}
    before: Container[str] = frozenset()
    for sheet, file in zip(SHEETS, files, strict=True):
        rows, unread = read_rows(file.name, file.content, sheet.header)
        match = _take(Source(sheet, file.name), rows, before)
        faults.extend(sorted([*unread, *match.faults], key=lambda fault: fault.line))
        changes.extend(match.changes)
        counts[sheet.name] = _count(match)
        before = Anything() if unread else {row.cells["id"] for row in rows}
    if faults:
        raise EstateRefused(faults)
    record(actor, changes)
    trail.record(actor, [_line(files, counts)])
    return counts


class Anything(Container[str]):
    """Ids of a file that could not be read: it may have held any."""

    def __contains__(self, _id: object) -> bool:
        return True


def _take(source: Source, rows: list[Row], before: Container[str]) -> Match:
    """Clean, match and write one file; a faulty line never stops the others.

    ``before`` holds the ids of the file before it, also of its refused lines.
    """
    clean, wrong = clean_rows(source, rows)
    match = _match(source, clean, before)
    match.faults += [*wrong, *write(source, match.changes)]
    return match


def _match(source: Source, rows: list[Clean], before: Container[str]) -> Match:
    ids = [row.public_id for row in rows]
    offices, links = Environment.objects.all(), BookkeepingConnection.objects.all()
    if source.sheet is ENVIRONMENTS:
        return match_environments(rows, _held(offices, ids))
    links = links.select_related("environment")
    if source.sheet is CONNECTIONS:
        named = _held(offices, {row.values["environment"] for row in rows})
        return match_connections(source, rows, _held(links, ids), named, before)
    return match_administrations(
        source,
        rows,
        _held(Administration.objects.all(), ids),
        _held(links, {row.values["connection"] for row in rows}),
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


def _line(files: Sequence[NamedFile], counts: Mapping[str, Count]) -> Line:
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
