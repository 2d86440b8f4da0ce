"""Compares rows with the record: new ones, changed ones and refused ones."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from adminmoves.bookkeeping import multivers
from adminmoves.estate.lines import plain
from adminmoves.estate.rows import Fault, SheetRow
from adminmoves.estate.sheets import Column, Sheet, Subject
from adminmoves.models import BookkeepingConnection, Environment
from adminmoves.models.refusals import (
    NEEDS_BASE_URL,
    NO_API_ADDRESS,
    NO_BASE_URL,
    NO_COUNTRY,
    UNASKED_HOST,
    Refusal,
)
from adminmoves.vocabulary import Package


@dataclass(frozen=True, slots=True)
class Source:
    """A sheet and the name of its file."""

    sheet: Sheet
    file: str

    def fault(self, line: int, column: Column | str, what: str, remedy: str) -> Fault:
        name = column if isinstance(column, str) else column.name
        return Fault(self.file, line, name, what, remedy)

    def refusal(self, line: int, refused: Refusal) -> Fault:
        named = {column.field: column.name for column in self.sheet.columns}
        name = named.get(refused.field, refused.field)
        return Fault(self.file, line, name, str(refused.what), str(refused.remedy))


@dataclass(frozen=True, slots=True)
class CleanRow:
    """A row with values in place of cells."""

    line: int
    public_id: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A subject to write; ``before`` has the values that differ, {} if it is new."""

    line: int
    subject: Subject
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def is_new(self) -> bool:
        return not self.before


@dataclass(slots=True)
class Match:
    """The result of comparing a file with the record."""

    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    same: int = 0


def clean_rows(
    source: Source, rows: Iterable[SheetRow], lines: dict[str, int]
) -> tuple[list[CleanRow], list[Fault]]:
    """Clean every cell and refuse an id twice. ``lines``: the lines of earlier ids."""
    found: list[CleanRow] = []
    faults: list[Fault] = []
    for row in rows:
        values, wrong = _clean(source, row)
        faults.extend(wrong)
        public_id = values.get("public_id")
        if public_id is None:
            continue
        if public_id in lines:
            what = _("Line %(line)s has this id too.") % {"line": lines[public_id]}
            remedy = _("Give each its own id, or keep one line.")
            faults.append(source.fault(row.line, "id", what, remedy))
        elif not wrong:
            found.append(CleanRow(row.line, public_id, values))
        lines.setdefault(public_id, row.line)
    return found, faults


def _clean(source: Source, row: SheetRow) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {}
    faults = []
    for column in source.sheet.columns:
        cell = row.cells.get(column.name)
        if cell is None:
            continue
        try:
            values[column.field] = source.sheet.clean(column, cell)
        except ValidationError as error:
            what = " ".join(dict.fromkeys(error.messages))
            faults.append(source.fault(row.line, column, what, str(column.remedy)))
    return values, faults


def match_environments(
    rows: Iterable[CleanRow], existing: Mapping[str, Environment]
) -> Match:
    result = Match()
    for row in rows:
        subject = existing.get(row.public_id) or Environment(public_id=row.public_id)
        apply_values(result, row.line, subject, row.values)
    return result


def match_connections(
    source: Source,
    rows: Iterable[CleanRow],
    existing: Mapping[str, BookkeepingConnection],
    environments: Mapping[str, Environment],
    faulty: Container[str],
) -> Match:
    """``faulty``: ids of offices whose own line was refused."""
    result = Match()
    for row in rows:
        office = environments.get(row.values["environment"])
        if office is None:
            result.faults.extend(unknown_reference(source, row, "environment", faulty))
            continue
        subject = existing.get(row.public_id) or BookkeepingConnection(
            public_id=row.public_id
        )
        values = {**row.values, "environment": office}
        if refused := refused_connection(subject, values):
            result.faults.append(source.refusal(row.line, refused))
            continue
        apply_values(result, row.line, subject, values)
        if is_unasked(subject):
            result.warnings.append(source.refusal(row.line, UNASKED_HOST))
    return result


def refused_connection(
    subject: BookkeepingConnection, values: Mapping[str, Any]
) -> Refusal | None:
    """Refuse facts that the package of a new or changed connection rules out."""
    names = ("package", "country", "base_url", "demand")
    facts = {name: values.get(name, getattr(subject, name)) for name in names}
    if subject.pk and all(getattr(subject, name) == facts[name] for name in names):
        return None
    if facts["country"] and facts["package"] != Package.EXACT_ONLINE:
        return NO_COUNTRY
    if facts["base_url"] and facts["package"] != Package.UNIT4:
        return NO_BASE_URL
    if facts["base_url"] and not multivers.is_likely(facts["base_url"]):
        return NO_API_ADDRESS
    asks = facts["demand"] == BookkeepingConnection.Demand.API
    if asks and facts["package"] == Package.UNIT4 and not facts["base_url"]:
        return NEEDS_BASE_URL
    return None


def is_unasked(subject: BookkeepingConnection) -> bool:
    """Whether proof is wanted from a host that no setting allows the portal to ask."""
    is_own = subject.package == Package.UNIT4 and subject.asks_package
    return is_own and multivers.base_in(subject.base_url) is None


def unknown_reference(
    source: Source, row: CleanRow, column: str, faulty: Container[str]
) -> list[Fault]:
    """Refuse a reference to nothing, unless the line it refers to was refused."""
    if row.values[column] in faulty:
        return []
    what = _("There is no “%(id)s”.") % {"id": row.values[column]}
    remedy = _("Add it to its own file, or correct the id.")
    return [source.fault(row.line, column, what, remedy)]


def apply_values(
    result: Match, line: int, subject: Subject, values: dict[str, Any]
) -> None:
    """Set the new values of a subject, and add what differs to the result."""
    is_new = subject.pk is None
    changed = {
        name: value
        for name, value in values.items()
        if name != "public_id" and (is_new or getattr(subject, name) != value)
    }
    if not (changed or is_new):
        result.same += 1
        return
    before = {} if is_new else {name: plain(getattr(subject, name)) for name in changed}
    for name, value in changed.items():
        setattr(subject, name, value)
    after = {
        name: plain(value) for name, value in changed.items() if value or not is_new
    }
    result.changes.append(Change(line, subject, before, after))
