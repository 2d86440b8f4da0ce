"""Reads a CSV file as rows with line numbers, and collects all that is wrong."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _

from adminmoves.cleaning import strip_paste

MARK = "\ufeff"
SEPARATOR = re.compile(r'"?sep=([;,\t|])"?[;,\t|]*(\r\n|\r|\n)', re.IGNORECASE)
"""The line before the header in which a spreadsheet declares its separator."""
DELIMITERS = ";,\t|"
HEADER_LINES, SAMPLE_CHARS = 20, 4000
"""Lines in which the header is searched, and characters for the separator."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the place, the reason and the remedy."""

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


Line = tuple[int, list[str]]
"""The number of the line on which a record begins, and its cells."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """The cells of a line by column, without the blanks of a paste."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Header:
    """The columns that a file may have and must have.

    ``others``: the needed columns of each other file, by its name.
    """

    allowed: Sequence[str]
    needed: Sequence[str]
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)


class _Stop(Exception):
    """The rest of the file cannot be read, for the reason in ``fault``."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def read_rows(
    file: str, content: bytes, header: Header
) -> tuple[list[SheetRow], list[Fault]]:
    """All rows that can be read, and a fault for each one that cannot."""
    rows: list[SheetRow] = []
    faults: list[Fault] = []
    try:
        for found in _read(file, content, header):
            if isinstance(found, SheetRow):
                rows.append(found)
            else:
                faults.append(found)
    except _Stop as stop:
        faults.append(stop.fault)
    return rows, faults


def is_cut_off(content: bytes) -> bool:
    """Whether the last line has no line end, which every program writes."""
    return bool(content.strip()) and not content.endswith((b"\n", b"\r"))


def last_line(content: bytes) -> int:
    return content.count(b"\n") + 1


def _read(file: str, content: bytes, header: Header) -> Iterator[SheetRow | Fault]:
    lines = _with_ink(_lines(file, _text(file, content), header))
    begins, names = next(lines, (1, []))
    names = _without_empty_end([strip_paste(name).lower() for name in names])
    if faults := list(_header_faults(file, begins, names, header, lines)):
        yield from faults
        return
    for line, cells in lines:
        yield _row(file, line, names, cells)


def _with_ink(lines: Iterable[Line]) -> Iterator[Line]:
    return (line for line in lines if any(strip_paste(cell) for cell in line[1]))


def _without_empty_end(cells: list[str]) -> list[str]:
    """Without the empty cells that a spreadsheet adds at the end."""
    while cells and not strip_paste(cells[-1]):
        cells = cells[:-1]
    return cells


def _text(file: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8").removeprefix(MARK)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _Stop(_no_text(file, line)) from error
    if "\0" in text[:2]:
        # Text of two bytes a sign, such as UTF-16 without its mark.
        raise _Stop(_no_text(file, 1))
    return text


def _no_text(file: str, line: int) -> Fault:
    what, remedy = _("This is no UTF-8 text."), _("Save the file as “CSV UTF-8”.")
    return Fault(file, line, "", what, remedy)


def _delimiter(text: str, declared: str, header: Header) -> str:
    """Return the sign that separates most names of columns in one of the first lines.

    ``declared``: the separator that the file names itself. It may be wrong, because a
    program that saves the file again may change only one of both.
    """
    first_lines = list(islice(io.StringIO(text, newline=None), HEADER_LINES))

    def apart(sign: str) -> tuple[int, bool, int]:
        found = [set(_cells(line, sign)) & set(header.allowed) for line in first_lines]
        uses = text[:SAMPLE_CHARS].count(sign)
        return max(map(len, found), default=0), sign == declared, uses

    return max(declared + DELIMITERS, key=apart)


def _cells(line: str, sign: str) -> list[str]:
    return [strip_paste(cell).strip('"').lower() for cell in line.split(sign)]


def _lines(file: str, text: str, header: Header) -> Iterator[Line]:
    """Yield each record with its first line; a cell may contain line ends."""
    declaration = SEPARATOR.match(text)
    begins = 2 if declaration else 1
    if declaration:
        text = text[declaration.end() :]
    delimiter = _delimiter(text, declaration[1] if declaration else "", header)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    skipped = begins - 1
    try:
        for cells in reader:
            yield begins, cells
            begins = skipped + reader.line_num + 1
    except csv.Error as error:
        raise _Stop(Fault(file, begins, "", *_unread(str(error)))) from error


def _unread(error: str) -> tuple[str, str]:
    """Return the reason and the remedy for an error of the csv module."""
    if "field larger than field limit" in error:
        what = _("A cell of this line has more than %(most)s characters.")
        return what % {"most": csv.field_size_limit()}, _(
            "Look whether a quote is missing at its end, or shorten it; what follows "
            "was not read."
        )
    return _("The quotes on this line do not fit."), _(
        "Put a cell with quotes in quotes and double the quotes inside it; "
        "what follows was not read."
    )


def _header_faults(
    file: str,
    line: int,
    names: list[str],
    header: Header,
    lines: Iterable[Line],
) -> Iterator[Fault]:
    """``lines`` follow the header; the names may be there, below a title."""
    allowed = ", ".join(header.allowed)
    if not names or not set(names) & set(header.allowed):
        yield _no_names(file, line, names, header, lines)
        return
    if other := _other_file(names, header):
        what = _("These are the columns of %(file)s.") % {"file": other}
        remedy = _("Name the files in this order: %(files)s.")
        order = "environments, connections, administrations"
        yield Fault(file, line, "", what, remedy % {"files": order})
        return
    yield from _odd_columns(file, line, names, header)
    for name in header.needed:
        if name not in names:
            what = _("The column is missing.")
            remedy = _("Add it to the first line: %(names)s.") % {"names": allowed}
            yield Fault(file, line, name, what, remedy)


def _odd_columns(
    file: str, line: int, names: list[str], header: Header
) -> Iterator[Fault]:
    allowed = ", ".join(header.allowed)
    for name in dict.fromkeys(names):
        if not name:
            what = _("Column %(place)s has no name.") % {"place": names.index(name) + 1}
            remedy = _("Remove the column, or give it one of: %(names)s.")
            yield Fault(file, line, "", what, remedy % {"names": allowed})
        elif name not in header.allowed:
            what = _("The column is not known.")
            remedy = _("Leave it out. The columns are: %(names)s.") % {"names": allowed}
            yield Fault(file, line, name, what, remedy)
        elif names.count(name) > 1:
            what = _("The column is there more than once.")
            yield Fault(file, line, name, what, _("Keep one of them."))


def _other_file(names: Sequence[str], header: Header) -> str:
    if set(header.needed) <= set(names):
        return ""
    fitting = (
        file for file, needed in header.others.items() if set(needed) <= set(names)
    )
    return next(fitting, "")


def _no_names(
    file: str,
    line: int,
    names: list[str],
    header: Header,
    lines: Iterable[Line],
) -> Fault:
    """Return the fault of a first line without names of columns."""
    allowed = ", ".join(header.allowed)
    remedy = _("Begin with a line of the columns: %(names)s.") % {"names": allowed}
    for later, cells in islice(lines, HEADER_LINES):
        if set(header.needed) <= {strip_paste(cell).lower() for cell in cells}:
            what = _("The names of the columns stand on line %(line)s.")
            above = _("Remove what stands above it.")
            return Fault(file, line, "", what % {"line": later}, above)
    if not names:
        return Fault(file, line, "", _("The file is empty."), remedy)
    return Fault(file, line, "", _("The line names no column."), remedy)


def _row(file: str, line: int, names: list[str], cells: list[str]) -> SheetRow | Fault:
    if len(cells) > len(names):
        cells = [*cells[: len(names)], *_without_empty_end(cells[len(names) :])]
    if len(cells) != len(names):
        what = _("The line has %(found)s cells, the first line %(wanted)s.") % {
            "found": len(cells),
            "wanted": len(names),
        }
        too_many = _("Put a cell that holds the separator in quotes.")
        too_few = _("Look whether the line is whole; an empty cell has its separator.")
        remedy = too_many if len(cells) > len(names) else too_few
        return Fault(file, line, "", what, remedy)
    stripped = {n: strip_paste(cell) for n, cell in zip(names, cells, strict=True)}
    for name, cell in stripped.items():
        if any(unicodedata.category(sign) == "Cc" for sign in cell):
            what = _("The cell holds a line end, a tab or another control character.")
            return Fault(file, line, name, what, _("Type the text again."))
    return SheetRow(line, stripped)
