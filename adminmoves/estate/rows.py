"""A CSV file as rows with line numbers; what is wrong with it, all at once."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

MARK = "\ufeff"
SEPARATOR = re.compile(r"sep=([;,\t|])\r?\n", re.IGNORECASE)
"""What a spreadsheet writes before the first line, to tell itself the separator."""
DELIMITERS = ";,\t"
LOOKED_AT, SAMPLE_CHARS = 10, 2000
"""Lines among which the names of the columns are looked for."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where it stands, and what to do about it."""

    file: str
    line: int
    field: str
    what: str
    remedy: str

    def __str__(self) -> str:
        place = _("%(file)s, line %(line)s") % {"file": self.file, "line": self.line}
        if self.field:
            place = f"{place}, {self.field}"
        return f"{place}: {self.what} {self.remedy}"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line by the name of their column, without spaces around."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Header:
    """Which columns a file may have, and which it must have."""

    known: Sequence[str]
    needed: Sequence[str]


class _Stop(Exception):
    """The rest of the file cannot be read; the fault says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def read_rows(
    file: str, content: bytes, header: Header
) -> tuple[list[Row], list[Fault]]:
    """All rows that can be read, and a fault for each one that cannot."""
    rows: list[Row] = []
    faults: list[Fault] = []
    try:
        for found in _read(file, content, header):
            if isinstance(found, Row):
                rows.append(found)
            else:
                faults.append(found)
    except _Stop as stop:
        faults.append(stop.fault)
    return rows, faults


def is_cut_off(content: bytes) -> bool:
    """Whether the last line has no end, as every program writes it."""
    return bool(content.strip()) and not content.endswith((b"\n", b"\r"))


def last_line(content: bytes) -> int:
    return content.count(b"\n") + 1


def _read(file: str, content: bytes, header: Header) -> Iterator[Row | Fault]:
    lines = _lines(file, _text(file, content))
    begins, names = next(lines, (1, []))
    names = _without_empty_end([name.strip().lower() for name in names])
    if faults := list(_header_faults(file, begins, names, header, lines)):
        yield from faults
        return
    for line, cells in lines:
        if any(cell.strip() for cell in cells):
            yield _row(file, line, names, cells)


def _without_empty_end(cells: list[str]) -> list[str]:
    """Without the empty cells that a spreadsheet adds at the end."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _text(file: str, content: bytes) -> str:
    try:
        return content.decode("utf-8").removeprefix(MARK)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _Stop(
            Fault(
                file,
                line,
                "",
                _("This is no UTF-8 text."),
                _("Save the file as “CSV UTF-8”."),
            )
        ) from error


def _lines(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins; a cell may hold line ends."""
    told = SEPARATOR.match(text)
    begins = 2 if told else 1
    if told:
        text, delimiter = text[told.end() :], told[1]
    else:
        first = text.partition("\n")[0]
        has_any = any(sign in first for sign in DELIMITERS)
        # A title has none; the names of the columns come after it.
        looked_at = first if has_any else text[:SAMPLE_CHARS]
        delimiter = max(DELIMITERS, key=looked_at.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    skipped = begins - 1
    try:
        for cells in reader:
            yield begins, cells
            begins = skipped + reader.line_num + 1
    except csv.Error as error:
        raise _Stop(
            Fault(
                file,
                begins,
                "",
                _("The quotes on this line do not fit."),
                _(
                    "Put a cell with quotes in quotes and double the quotes inside it; "
                    "what follows was not read."
                ),
            )
        ) from error


def _header_faults(
    file: str,
    line: int,
    names: list[str],
    header: Header,
    lines: Iterable[tuple[int, list[str]]],
) -> Iterator[Fault]:
    """``lines`` come after it: the names may stand there, below a title."""
    allowed = ", ".join(header.known)
    if not names or not set(names) & set(header.known):
        yield _no_names(file, line, names, header, lines)
        return
    for name in dict.fromkeys(names):
        if not name:
            what = _("Column %(place)s has no name.") % {"place": names.index(name) + 1}
            remedy = _("Remove the column, or give it one of: %(names)s.")
            yield Fault(file, line, "", what, remedy % {"names": allowed})
        elif name not in header.known:
            what = _("The column is not known.")
            remedy = _("Leave it out. The columns are: %(names)s.") % {"names": allowed}
            yield Fault(file, line, name, what, remedy)
        elif names.count(name) > 1:
            what = _("The column is there more than once.")
            yield Fault(file, line, name, what, _("Keep one of them."))
    for name in header.needed:
        if name not in names:
            what = _("The column is missing.")
            remedy = _("Add it to the first line: %(names)s.") % {"names": allowed}
            yield Fault(file, line, name, what, remedy)


def _no_names(
    file: str,
    line: int,
    names: list[str],
    header: Header,
    lines: Iterable[tuple[int, list[str]]],
) -> Fault:
    """The first line names no column: is the file empty, or do they come later?"""
    allowed = ", ".join(header.known)
    remedy = _("Begin with a line of the columns: %(names)s.") % {"names": allowed}
    for later, cells in islice(lines, LOOKED_AT):
        if set(header.needed) <= {cell.strip().lower() for cell in cells}:
            what = _("The names of the columns stand on line %(line)s.")
            above = _("Remove what stands above it.")
            return Fault(file, line, "", what % {"line": later}, above)
    if not names:
        return Fault(file, line, "", _("The file is empty."), remedy)
    return Fault(file, line, "", _("The line names no column."), remedy)


def _row(file: str, line: int, names: list[str], cells: list[str]) -> Row | Fault:
    if len(cells) > len(names):
        cells = [*cells[: len(names)], *_without_empty_end(cells[len(names) :])]
    if len(cells) != len(names):
        what = _("The line has %(found)s cells, the first line %(wanted)s.") % {
            "found": len(cells),
            "wanted": len(names),
        }
        remedy = _("Put a cell that holds the separator in quotes.")
        return Fault(file, line, "", what, remedy)
    stripped = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    for name, cell in stripped.items():
        if any(unicodedata.category(sign) == "Cc" for sign in cell):
            what = _("The cell holds a line end, a tab or another control character.")
            return Fault(file, line, name, what, _("Type the text again."))
    return Row(line, stripped)
