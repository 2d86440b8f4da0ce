"""Rows held against the record: what is new, what changes, what is refused."""

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
    """A sheet and the name of the file that holds it."""

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
class Clean:
    """A row whose cells are values now."""

    line: int
    public_id: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A subject that is to be written; ``before`` holds what differs, {} when new."""

    line: int
    subject: Subject
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def is_new(self) -> bool:
        return not self.before


@dataclass(slots=True)
class Match:
    """What a file comes to."""

    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    same: int = 0


def clean_rows(
    source: Source, rows: Iterable[SheetRow], lines: dict[str, int]
) -> tuple[list[Clean], list[Fault]]:
    """Every cell as a value; each id once. ``lines`` holds the ids before these."""
    found: list[Clean] = []
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
            found.append(Clean(row.line, public_id, values))
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
    rows: Iterable[Clean], known: Mapping[str, Environment]
) -> Match:
    result = Match()
    for row in rows:
        subject = known.get(row.public_id) or Environment(public_id=row.public_id)
        take(result, row.line, subject, row.values)
    return result


def match_connections(
    source: Source,
    rows: Iterable[Clean],
    known: Mapping[str, BookkeepingConnection],
    environments: Mapping[str, Environment],
    faulty: Container[str],
) -> Match:
    """``faulty`` are ids of offices whose own line was refused."""
    result = Match()
    for row in rows:
        office = environments.get(row.values["environment"])
        if office is None:
            result.faults.extend(unknown(source, row, "environment", faulty))
            continue
        subject = known.get(row.public_id) or BookkeepingConnection(
            public_id=row.public_id
        )
        values = {**row.values, "environment": office}
        if refused := refused_connection(subject, values):
            result.faults.append(source.refusal(row.line, refused))
            continue
        take(result, row.line, subject, values)
        if is_unasked(subject):
            result.warnings.append(source.refusal(row.line, UNASKED_HOST))
    return result


def refused_connection(
    subject: BookkeepingConnection, values: Mapping[str, Any]
) -> Refusal | None:
    """What the package of a new or changed connection does not have, or needs."""
    names = ("package", "country", "base_url", "demand")
    told = {name: values.get(name, getattr(subject, name)) for name in names}
    if subject.pk and all(getattr(subject, name) == told[name] for name in names):
        return None
    if told["country"] and told["package"] != Package.EXACT_ONLINE:
        return NO_COUNTRY
    if told["base_url"] and told["package"] != Package.UNIT4:
        return NO_BASE_URL
    if told["base_url"] and not multivers.is_likely(told["base_url"]):
        return NO_API_ADDRESS
    asks = told["demand"] == BookkeepingConnection.Demand.API
    if asks and told["package"] == Package.UNIT4 and not told["base_url"]:
        return NEEDS_BASE_URL
    return None


def is_unasked(subject: BookkeepingConnection) -> bool:
    """Whether proof is wanted of a host that no setting lets the portal ask."""
    is_own = subject.package == Package.UNIT4 and subject.asks_package
    return is_own and multivers.base_in(subject.base_url) is None


def unknown(
    source: Source, row: Clean, column: str, faulty: Container[str]
) -> list[Fault]:
    """A reference to nothing; one to a refused line was told at that line."""
    if row.values[column] in faulty:
        return []
    what = _("There is no “%(id)s”.") % {"id": row.values[column]}
    remedy = _("Add it to its own file, or correct the id.")
    return [source.fault(row.line, column, what, remedy)]


def take(result: Match, line: int, subject: Subject, values: dict[str, Any]) -> None:
    """Give a subject its new values, and note what differs."""
    is_new = subject.pk is None
    told = {
        name: value
        for name, value in values.items()
        if name != "public_id" and (is_new or getattr(subject, name) != value)
    }
    if not (told or is_new):
        result.same += 1
        return
    before = {} if is_new else {name: plain(getattr(subject, name)) for name in told}
    for name, value in told.items():
        setattr(subject, name, value)
    after = {name: plain(value) for name, value in told.items() if value or not is_new}
    result.changes.append(Change(line, subject, before, after))
