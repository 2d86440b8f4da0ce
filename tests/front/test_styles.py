"""The style sheets hold what the pages use, and little enough of it."""

import gzip
import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SHEETS = sorted((ROOT / "static/portal/css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static/portal/js").glob("*.js"))
# Made in a tag or by htmx: their names stand in no class attribute.
MADE = re.compile(r"(?:sp|m|st)-\w+|htmx-request|lg")
# What a first visit may weigh, compressed, beside fonts and htmx.
HEAVIEST = 40_000


def classes_of(sheet: Path) -> set[str]:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    selectors = re.findall(r"([^{}]+)\{", text)
    return {
        name
        for selector in selectors
        for name in re.findall(r"\.([a-z][\w-]*)", selector)
    }


def words_in_use() -> set[str]:
    files = [
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "adminmoves").rglob("*.py"),
        *SCRIPTS,
    ]
    return {word for file in files for word in re.findall(r"[\w-]+", file.read_text())}


def test_no_rule_is_for_a_class_that_nobody_uses() -> None:
    in_use = words_in_use()

    unused = {
        name
        for sheet in SHEETS
        for name in classes_of(sheet)
        if name not in in_use and not MADE.fullmatch(name)
    }

    assert unused == set()


def test_important_stands_in_the_last_layer_alone() -> None:
    early = re.compile(r"@layer (?:base|layout|parts) \{(.*?)\n\}", re.DOTALL)

    found = {
        sheet.name: block
        for sheet in SHEETS
        for block in early.findall(sheet.read_text())
        if "!important" in block
    }

    assert found == {}


def test_styles_and_scripts_of_our_own_stay_light() -> None:
    bytes_sent = sum(
        len(gzip.compress(file.read_bytes())) for file in [*SHEETS, *SCRIPTS]
    )

    assert bytes_sent < HEAVIEST
