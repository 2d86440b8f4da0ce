"""`import_estate` at the terminal."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from adminmoves.estate.sheets import SHEETS
from adminmoves.models import Administration
from tests.estate.files import BAKERY, estate

pytestmark = pytest.mark.django_db


def saved(folder: Path, **changes: str) -> list[str]:
    paths = []
    for file in estate(administrations=[{**BAKERY, **changes}]):
        path = folder / file.name
        path.write_bytes(file.content)
        paths.append(str(path))
    return paths


def test_it_tells_what_each_file_came_to(tmp_path: Path, administrator: User) -> None:
    out = StringIO()

    call_command("import_estate", *saved(tmp_path), "--as=beheerder-1", stdout=out)

    assert out.getvalue() == (
        "environments: 1 nieuw, 0 gewijzigd, 0 gelijk\n"
        "connections: 1 nieuw, 0 gewijzigd, 0 gelijk\n"
        "administrations: 1 nieuw, 0 gewijzigd, 0 gelijk\n"
    )


def test_a_refused_import_prints_each_fault_and_fails(
    tmp_path: Path, administrator: User
) -> None:
    err = StringIO()

    with pytest.raises(CommandError, match="Er is niets ingelezen: 2 fouten"):
        call_command(
            "import_estate",
            *saved(tmp_path, name="", kvk_number="1"),
            "--as=beheerder-1",
            stderr=err,
        )

    assert [line.split(": ")[0] for line in err.getvalue().splitlines()] == [
        "administrations.csv, regel 2, name",
        "administrations.csv, regel 2, kvk_number",
    ]
    assert not Administration.objects.exists()


def test_an_unknown_person_or_file_is_told(tmp_path: Path, administrator: User) -> None:
    paths = saved(tmp_path)

    with pytest.raises(CommandError, match="Er is geen gebruiker niemand"):
        call_command("import_estate", *paths, "--as=niemand")
    with pytest.raises(CommandError, match="kan niet worden gelezen"):
        call_command("import_estate", *paths[:2], "weg.csv", "--as=beheerder-1")


def test_an_agent_imports_nothing_from_the_terminal_either(
    tmp_path: Path, agent: User
) -> None:
    with pytest.raises(CommandError, match="Als medewerker mag je dit niet doen"):
        call_command("import_estate", *saved(tmp_path), "--as=medewerker-1")


def test_the_page_about_the_files_names_every_column() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "estate-files.md").read_text()

    for sheet in SHEETS:
        table = page.partition(f"### {sheet.name}.csv")[2].partition("\n#")[0]
        columns = {
            name: required == "yes"
            for name, required in re.findall(
                r"^\| `(\w+)` \| (\w+)", table, re.MULTILINE
            )
        }
        assert columns == {column.name: column.needed for column in sheet.columns}
