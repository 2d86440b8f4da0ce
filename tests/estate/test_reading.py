"""The reader takes whatever a spreadsheet writes, and tells what it cannot take."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from adminmoves.cleaning import strip_paste
from adminmoves.estate.rows import Fault, Header, SheetRow, read_rows

HEADER = Header(allowed=("id", "name", "note"), needed=("id", "name"))
# What a paste adds is nobody's intention, and control characters are refused.
cells = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20
).map(strip_paste)
records = st.lists(st.tuples(cells.filter(bool), cells, cells), min_size=0, max_size=8)


def written(
    rows: list[tuple[str, str, str]], *, delimiter: str, line_end: str, mark: bytes
) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(HEADER.allowed)
    writer.writerows(rows)
    return mark + out.getvalue().encode()


@given(
    records,
    st.sampled_from(";,"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_what_a_spreadsheet_writes_is_read_back_whole(
    rows: list[tuple[str, str, str]], delimiter: str, line_end: str, mark: bytes
) -> None:
    content = written(rows, delimiter=delimiter, line_end=line_end, mark=mark)

    read, faults = read_rows("x.csv", content, HEADER)

    assert faults == []
    assert [tuple(row.cells.values()) for row in read] == rows
    assert [row.line for row in read] == list(range(2, len(rows) + 2))


@given(st.binary(max_size=200))
def test_no_content_breaks_the_reader(content: bytes) -> None:
    rows, faults = read_rows("x.csv", content, HEADER)

    assert all(isinstance(row, SheetRow) for row in rows)
    assert all(fault.what and fault.remedy for fault in faults)


@given(st.text(max_size=200))
def test_no_text_after_a_good_header_breaks_the_reader(text: str) -> None:
    content = "id;name;note\n" + text

    rows, faults = read_rows("x.csv", content.encode("utf-8", "replace"), HEADER)

    assert all(set(row.cells) == {"id", "name", "note"} for row in rows)
    assert all(fault.line > 1 for fault in faults)


def test_line_numbers_stay_right_after_a_cell_with_a_line_end() -> None:
    content = b'id;name;note\na;"two\nlines";\n\nb;Bloemist;\n'

    rows, faults = read_rows("x.csv", content, HEADER)

    assert [(row.line, row.cells["id"]) for row in rows] == [(5, "b")]
    assert faults == [
        Fault(
            "x.csv",
            2,
            "name",
            "De cel bevat een regeleinde, een tab of een ander stuurteken.",
            "Typ de tekst opnieuw.",
        )
    ]


def test_a_file_in_another_encoding_is_told_with_the_line() -> None:
    content = "id;name\na;Bakkerij\nb;Caf\xe9\n".encode("latin-1")

    assert read_rows("x.csv", content, HEADER) == (
        [],
        [
            Fault(
                "x.csv",
                3,
                "",
                "Dit is geen UTF-8-tekst.",
                "Bewaar het bestand als “CSV UTF-8”.",
            )
        ],
    )


def test_every_wrong_column_of_the_first_line_is_told() -> None:
    _rows, faults = read_rows("x.csv", b"id;colour;id\na;b;c\n", HEADER)

    assert [(fault.line, fault.field, fault.what) for fault in faults] == [
        (1, "id", "De kolom staat er meer dan eens."),
        (1, "colour", "De kolom is niet bekend."),
        (1, "name", "De kolom ontbreekt."),
    ]


def test_a_line_with_too_many_cells_is_told_and_the_others_are_read() -> None:
    rows, faults = read_rows("x.csv", b"id;name\na;b;c\nd;e\n", HEADER)

    assert [row.cells for row in rows] == [{"id": "d", "name": "e"}]
    assert [(fault.line, fault.what) for fault in faults] == [
        (2, "De regel heeft 3 cellen, de eerste regel 2.")
    ]


def test_what_follows_an_open_quote_is_told_as_unread() -> None:
    rows, faults = read_rows("x.csv", b'id;name\na;b\nc;"d\ne;f\n', HEADER)

    assert [row.cells["id"] for row in rows] == ["a"]
    assert [(fault.line, fault.what) for fault in faults] == [
        (3, "De aanhalingstekens op deze regel kloppen niet.")
    ]


def test_a_cell_that_is_too_long_is_told_as_that() -> None:
    lines = [b"id;name", b"a;b", b"c;" + b"d" * 140_000, b"e;f", b""]

    rows, [fault] = read_rows("x.csv", b"\n".join(lines), HEADER)

    assert [row.cells["id"] for row in rows] == ["a"]
    assert (fault.line, fault.what) == (
        3,
        "Een cel van deze regel heeft meer dan 131072 tekens.",
    )
