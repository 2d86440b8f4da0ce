"""A CSV file as rows with line numbers; what is wrong with it, all at once."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

MARK = "\ufeff"
DELIMITERS = ";,"


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


def _read(file: str, content: bytes, header: Header) -> Iterator[Row | Fault]:
    lines = _lines(file, _text(file, content))
    _line, names = next(lines, (1, []))
    names = [name.strip().lower() for name in names]
    if faults := list(_header_faults(file, names, header)):
        yield from faults
        return
    for line, cells in lines:
        if any(cell.strip() for cell in cells):
            yield _row(file, line, names, cells)


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
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
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


def _header_faults(file: str, names: list[str], header: Header) -> Iterator[Fault]:
    allowed = ", ".join(header.known)
    for name in dict.fromkeys(names):
        if name not in header.known:
            what = _("The column is not known.")
            remedy = _("Leave it out. The columns are: %(names)s.") % {"names": allowed}
            yield Fault(file, 1, name, what, remedy)
        elif names.count(name) > 1:
            what = _("The column is there more than once.")
            yield Fault(file, 1, name, what, _("Keep one of them."))
    for name in header.needed:
        if name not in names:
            what = _("The column is missing.")
            remedy = _("Add it to the first line: %(names)s.") % {"names": allowed}
            yield Fault(file, 1, name, what, remedy)


def _row(file: str, line: int, names: list[str], cells: list[str]) -> Row | Fault:
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
