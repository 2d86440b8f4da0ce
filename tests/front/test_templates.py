"""What no template may contain, and what every one must be able to do."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from adminmoves.templatetags.events import EVENT_LOOKS, PLAIN
from adminmoves.templatetags.portal import MESSAGE_LOOKS, icon
from adminmoves.vocabulary import SCHEDULED_LOOK, SENT_BACK_LOOK, STATES
from adminmoves.web.menu import PAGES

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
SCRIPTS = sorted((ROOT / "static/portal/js").glob("*.js"))
NAMES = [path.relative_to(FOLDER).as_posix() for path in TEMPLATES]
WIDEST_COLUMNS = 120
LONGEST_LINES = 150

FORBIDDEN = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=|<style", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "an event attribute": re.compile(
        r"<[^>]*\s(?:on[a-z]+|hx-on[\w:-]*)\s*=", re.IGNORECASE
    ),
    "htmx that evaluates": re.compile(r"""hx-\w+=["']js:|hx-trigger="[^"]*\["""),
    "an address elsewhere": re.compile(
        r"""(?:src|href|action)=["'](?:https?:)?//""", re.IGNORECASE
    ),
}
ICON = re.compile(r"""{%\s*icon\s+["']([\w-]+)["']""")
INCLUDED = re.compile(r"""{%\s*(?:include|extends)\s+["']([\w/-]+\.html)["']""")
RENDERED = re.compile(r"""["']([\w/-]+\.html)["']""")
BASE_FOLDERS = {"", "partials"}


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles_and_fits_a_screen(name: str) -> None:
    get_template(name)

    lines = (FOLDER / name).read_text().splitlines()
    assert len(lines) <= LONGEST_LINES
    assert [line for line in lines if len(line) > WIDEST_COLUMNS] == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str) -> None:
    found = {
        name: match[0]
        for name in NAMES
        if (match := FORBIDDEN[what].search((FOLDER / name).read_text()))
    }

    assert found == {}


def folder_of(name: str) -> str:
    return name.split("/", maxsplit=1)[0] if "/" in name else ""


def may_include(source: str, target: str) -> bool:
    """Only the page of a move shows what several stages make."""
    if source in BASE_FOLDERS:
        return target in BASE_FOLDERS
    return source == "move" or target in {source, "move", *BASE_FOLDERS}


def test_a_template_includes_its_own_folder_and_shared_ones() -> None:
    pairs = {
        (name, included)
        for name in NAMES
        for included in INCLUDED.findall((FOLDER / name).read_text())
    }

    found = {
        (name, included)
        for name, included in pairs
        if not may_include(folder_of(name), folder_of(included))
    }

    assert ("move/page.html", "move/state.html") in pairs
    assert found == set()


def test_a_stage_renders_no_template_of_another_stage() -> None:
    app = ROOT / "adminmoves"
    packages = {path.name for path in app.iterdir() if path.is_dir()}
    pairs = {
        (path.relative_to(app).as_posix(), rendered)
        for path in app.rglob("*.py")
        for rendered in RENDERED.findall(path.read_text())
    }

    found = {
        (module, rendered)
        for module, rendered in pairs
        if folder_of(rendered) in packages - {folder_of(module)}
    }

    assert ("overview/move/views.py", "move/page.html") in pairs
    assert found == set()


def names_of_icons() -> set[str]:
    looks = [
        PLAIN,
        SENT_BACK_LOOK,
        SCHEDULED_LOOK,
        *(info.look for info in STATES.values()),
        *EVENT_LOOKS.values(),
        *MESSAGE_LOOKS.values(),
    ]
    written = {name for path in TEMPLATES for name in ICON.findall(path.read_text())}
    return (
        written
        | {look.icon for look in looks}
        | {page.icon for page in PAGES}
        | {info.mark.icon for info in STATES.values() if info.mark.icon}
    )


@pytest.mark.parametrize("name", sorted(names_of_icons()))
def test_every_icon_in_use_exists(name: str) -> None:
    assert icon(name, 16).startswith("<svg")


def test_no_script_has_a_sentence_of_its_own() -> None:
    sentence = re.compile(r"""["'`][A-Z][a-z]+ [a-z]+""")

    found = {
        path.name: match[0]
        for path in SCRIPTS
        if (match := sentence.search(path.read_text()))
    }

    assert found == {}


WHOLE = re.compile(r'<span class="[^"]*\bnw\b[^"]*">[^<]*</span>[).,;:]')


def test_no_sign_comes_after_what_a_line_keeps_whole() -> None:
    """A browser may put it on a line of its own."""
    texts = [*TEMPLATES, *(ROOT / "locale/nl/fragments").glob("*.po")]

    found = [path.name for path in texts if WHOLE.search(_plain(path))]

    assert found == []


def _plain(path: Path) -> str:
    return path.read_text().replace('\\"', '"')
