"""Files as spreadsheets and people make them: taken, or told what is wrong."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from adminmoves.access import actor_for
from adminmoves.estate.importing import NamedFile, Watch, import_estate
from adminmoves.models import Administration, Event
from tests.estate.files import BAKERY, LINK, OFFICE, Cells, estate, faults_of

pytestmark = pytest.mark.django_db
FLORIST = {
    **BAKERY,
    "id": "a2",
    "code": "412",
    "name": "Bloemist Voorbeeld",
    "external_id": "1204412",
}
SHORT = "id;connection;code;name"


def third(content: str) -> list[NamedFile]:
    """The estate with this in the place of its administrations."""
    *first, last = estate()
    return [*first, NamedFile(last.name, content.encode())]


TAKEN = {
    "an empty last column": f"{SHORT};\na1;c1;411;Bakkerij;\n",
    "empty columns at the end": f"{SHORT};;;\na1;c1;411;Bakkerij;;;\n",
    "lines with more ends than the first": f"{SHORT}\na1;c1;411;Bakkerij;;;\n",
    "lines of nothing": f"{SHORT}\na1;c1;411;Bakkerij\n;;;\n;;;;;\n   \n",
    "tabs": f"{SHORT}\na1;c1;411;Bakkerij\n".replace(";", "\t"),
    "commas": f"{SHORT}\na1;c1;411;Bakkerij\n".replace(";", ","),
    "a line that tells the separator": f"sep=;\n{SHORT}\na1;c1;411;Bakkerij\n",
    "the same with ends": f'"sep=;";;;\n{SHORT}\na1;c1;411;Bakkerij\n',
    "a separator that was changed": f"sep=,\n{SHORT}\na1;c1;411;Bakkerij\n",
    "bars": f"{SHORT}\na1;c1;411;Bakkerij\n".replace(";", "|"),
    "lines of nothing above": f"\n;;;\n{SHORT}\na1;c1;411;Bakkerij\n",
    "two marks": f"\ufeff\ufeff{SHORT}\na1;c1;411;Bakkerij\n",
    "odd spaces in names": "id;connection;\u200bcode;name\u00a0\na1;c1;411;Bakkerij\n",
    "line ends of old": f"{SHORT}\ra1;c1;411;Bakkerij\r",
    "an end of old": f"{SHORT}\na1;c1;411;Bakkerij\n\x1a",
    "the same of Windows": f"\ufeffSEP=;\r\n{SHORT}\r\na1;c1;411;Bakkerij\r\n",
}


@pytest.mark.parametrize("content", TAKEN.values(), ids=TAKEN.keys())
def test_it_is_taken(content: str, administrator: User) -> None:
    assert faults_of(third(content), administrator) == []
    assert Administration.objects.values_list("code", "name").get() == (
        "411",
        "Bakkerij",
    )


TOLD = {
    "an empty file": ("", "regel 1: Het bestand is leeg."),
    "nothing but a mark": ("\ufeff", "regel 1: Het bestand is leeg."),
    "nothing but lines": ("\n\n\n", "regel 1: Het bestand is leeg."),
    "a title above it": (
        f"Administraties 2026;;;\n\n{SHORT}\na1;c1;411;Bakkerij\n",
        "regel 1: De namen van de kolommen staan op regel 3.",
    ),
    "a title with commas": (
        f"Kantoren, koppelingen, administraties, 2026\n{SHORT}\na1;c1;411;Bakkerij\n",
        "regel 1: De namen van de kolommen staan op regel 2.",
    ),
    "text of two bytes a sign": (
        "\0".join(f"{SHORT}\n"),
        "regel 1: Dit is geen UTF-8-tekst.",
    ),
    "another file": (
        ";".join(LINK) + "\n" + ";".join(LINK.values()) + "\n",
        "regel 1: Dit zijn de kolommen van connections. Noem de bestanden in deze",
    ),
    "a cell too few": (
        f"{SHORT}\na1;c1;411\n",
        (
            "regel 2: De regel heeft 3 cellen, de eerste regel 4. Kijk of de regel "
            "heel is; ook een lege cel heeft een scheidingsteken."
        ),
    ),
    "a code that is only too long": (
        f"{SHORT}\na1;c1;{'4' * 101};Bakkerij\n",
        (
            "regel 2, code: Zorg dat deze waarde niet meer dan 100 tekens bevat (het "
            "zijn er nu 101). Schrijf de code"
        ),
    ),
    "a title below the separator": (
        f"sep=;\nOverzicht\n{SHORT}\na1;c1;411;Bakkerij\n",
        "regel 2: De namen van de kolommen staan op regel 3.",
    ),
    "no names at all": (
        "a1;c1;411;Bakkerij\n",
        "regel 1: De regel noemt geen enkele kolom.",
    ),
    "a column without a name": (
        "id;connection;;code;name\na1;c1;x;411;Bakkerij\n",
        "regel 1: Kolom 3 heeft geen naam.",
    ),
    "a cell too many": (
        f"{SHORT}\na1;c1;411;Bakkerij;;x\n",
        "regel 2: De regel heeft 6 cellen, de eerste regel 4.",
    ),
    "the line behind a separator line": (
        f"sep=;\n{SHORT}\na1;c1;4 11;Bakkerij\n",
        "regel 3, code: Laat spaties weg.",
    ),
    "a zero that a spreadsheet ate": (
        f"{SHORT};kvk_number\na1;c1;411;Bakkerij;1234567\n",
        "regel 2, kvk_number: Dit heeft zeven cijfers: ",
    ),
}


@pytest.mark.parametrize(("content", "sentence"), TOLD.values(), ids=TOLD.keys())
def test_it_is_told(content: str, sentence: str, administrator: User) -> None:
    [fault] = faults_of(third(content), administrator)

    assert fault.startswith(f"administrations.csv, {sentence}")
    assert not Administration.objects.exists()


TWINS: dict[str, tuple[int, dict[str, str], str]] = {
    "an office code": (
        0,
        {"office_code": "vkn104", "name": "Zuid"},
        "Een ander kantoor heeft deze code. Dat is VKN104 Voorbeeldkantoor Noord, id",
    ),
    "a connection": (
        1,
        {"package_environment": "ex-noord"},
        "Het kantoor heeft deze koppeling al. Dat is Exact Online EX-NOORD (NL), id",
    ),
    "a place, and so its address": (
        2,
        {"name": "Ander"},
        (
            "Een andere administratie heeft deze code bij deze koppeling. Dat is "
            "Bakkerij Voorbeeld B.V. (VKN104.0411), id a1."
        ),
    ),
}


@pytest.mark.parametrize(
    ("file", "cells", "sentence"), TWINS.values(), ids=TWINS.keys()
)
def test_who_is_in_the_way_is_named(
    file: int, cells: dict[str, str], sentence: str, administrator: User
) -> None:
    rows: list[list[Cells]] = [[OFFICE], [LINK], [BAKERY]]
    rows[file].append({**rows[file][0], "id": "x1", **cells})

    faults = faults_of(estate(*rows), administrator)

    assert f": {sentence} " in next(fault for fault in faults if "regel 3" in fault)


def test_two_with_one_address_are_both_named(administrator: User) -> None:
    [fault] = faults_of(
        estate(administrations=[BAKERY, {**FLORIST, "mail_code": "0411"}]),
        administrator,
    )

    assert fault == (
        "administrations.csv, regel 3, mail_address: Bakkerij Voorbeeld B.V. "
        "(VKN104.0411) heeft het e-mailadres vkn104.0411@mailtobasecone.com. Geef een "
        "van de twee een eigen code voor het adres."
    )


def warned(files: list[NamedFile], administrator: User) -> list[str]:
    found: list[str] = []
    watch = Watch(warn=lambda fault: found.append(str(fault)))
    import_estate(files, actor=actor_for(administrator), watch=watch)
    return found


def test_a_file_that_may_be_cut_off_is_warned_of(administrator: User) -> None:
    [warning] = warned(third(f"{SHORT}\na1;c1;411;Bakke"), administrator)

    assert warning == (
        "administrations.csv, regel 2: De laatste regel heeft geen einde, dus het "
        "bestand is misschien afgekapt. Kijk of deze regel heel is, en of er nog meer "
        "hoort te komen."
    )


@pytest.mark.parametrize("at_once", [True, False])
def test_one_id_of_the_package_twice_is_warned_of(
    at_once: bool, administrator: User
) -> None:
    first = {**BAKERY, "external_id": "3f2a-0c"}
    twin = {**FLORIST, "external_id": "3F2A-0C"}
    if at_once:
        warnings = warned(estate(administrations=[first, twin]), administrator)
    else:
        assert warned(estate(administrations=[first]), administrator) == []
        warnings = warned(estate(administrations=[twin]), administrator)

    [line] = warnings
    place = "regel 3" if at_once else "regel 2"
    assert line.startswith(f"administrations.csv, {place}, external_id: Bakkerij")
    assert warned(estate(administrations=[twin]), administrator) == []


# --- the command


@pytest.fixture
def run(tmp_path: Path, administrator: User) -> Callable[..., str]:
    """Run the command; all that it tells."""

    def start(files: list[NamedFile], *more: str) -> str:
        paths = []
        for file in files:
            path = tmp_path / file.name
            path.write_bytes(file.content)
            paths.append(str(path))
        out = StringIO()
        try:
            call_command(
                "import_estate",
                *paths,
                "--as=beheerder-1",
                *more,
                stdout=out,
                stderr=out,
            )
        except CommandError as refused:
            out.write(str(refused))
        return out.getvalue()

    return start


def test_a_check_tells_everything_and_imports_nothing(run: Callable[..., str]) -> None:
    output = run(estate(), "--check", "--language=en")

    assert output.splitlines()[-2:] == [
        "administrations: 1 new, 0 changed, 0 same",
        "This was a check: nothing was imported.",
    ]
    assert not Administration.objects.exists()
    assert not Event.objects.exists()
    faulty = run(estate(administrations=[{**BAKERY, "name": ""}]), "--check")
    assert "administrations.csv, regel 2, name" in faulty


@pytest.mark.parametrize(
    ("language", "counts", "fault"),
    [
        ("nl", "1 nieuw, 0 gewijzigd, 0 gelijk", "regel 2, name: De cel is leeg."),
        ("en", "1 new, 0 changed, 0 same", "line 2, name: The cell is empty."),
    ],
)
@pytest.mark.parametrize("by", ["option", "terminal"])
def test_it_speaks_one_language(
    language: str,
    counts: str,
    fault: str,
    by: str,
    run: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", f"{language}_XX.UTF-8" if by == "terminal" else "C")
    more = ["--language", language] if by == "option" else []

    assert counts in run(estate(), *more)
    assert fault in run(estate(administrations=[{**BAKERY, "name": ""}]), *more)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_it_says_has_no_word_of_the_other_language(
    language: str, administrator: User, tmp_path: Path
) -> None:
    sentences = []
    for files in (["weg.csv"] * 3, [str(tmp_path)] * 3):
        with pytest.raises(CommandError) as refused:
            call_command(
                "import_estate", *files, "--as=beheerder-1", f"--language={language}"
            )
        sentences.append(str(refused.value))
    with pytest.raises(CommandError) as refused:
        call_command("import_estate", "a", "b", "c", "--as=n", f"--language={language}")
    sentences.append(str(refused.value))

    words = {"nl": ["kan niet worden gelezen", "Er is geen"], "en": ["cannot", "There"]}
    assert all(any(word in line for word in words[language]) for line in sentences)


def test_reading_and_checking_holds_no_transaction(administrator: User) -> None:
    inside: list[bool] = []
    outer = len(connection.savepoint_ids)

    def look(_file: str, done: int, _all: int) -> None:
        if done == 0:
            inside.append(len(connection.savepoint_ids) > outer)

    import_estate(estate(), actor=actor_for(administrator), watch=Watch(progress=look))

    assert inside == [False, False, False]


def test_the_limit_of_pages_is_not_that_of_an_import(administrator: User) -> None:
    found = []

    def look(_file: str, done: int, _all: int) -> None:
        if done:
            with connection.cursor() as cursor:
                cursor.execute("SHOW idle_in_transaction_session_timeout")
                found.append(cursor.fetchone())

    import_estate(
        estate([OFFICE], [LINK]),
        actor=actor_for(administrator),
        watch=Watch(progress=look),
    )

    assert set(found) == {("0",)}


def test_a_terminal_shows_a_bar(administrator: User, tmp_path: Path) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    err = Terminal()
    paths = []
    for file in estate():
        (tmp_path / file.name).write_bytes(file.content)
        paths.append(str(tmp_path / file.name))

    with translation.override("nl"):
        call_command(
            "import_estate",
            *paths,
            "--as=beheerder-1",
            stdout=StringIO(),
            stderr=err,
            no_color=True,
        )

    assert "administrations.csv [" in err.getvalue()
    assert "1/1" in err.getvalue()
