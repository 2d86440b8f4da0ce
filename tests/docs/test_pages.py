"""Nothing on the pages leads nowhere, and nothing on them is only here."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.docs.pages import (
    ADRS,
    ROOT,
    anchors,
    coded,
    fenced,
    headings,
    links,
    pages,
    read,
    without_fences,
)

PARTS = [
    "Context",
    "Decision",
    "What it costs",
    "How we would notice it was wrong",
]
MOST_BYTES = 200_000
OF_THE_DOMAIN = {"mailtobasecone.com"}
HOST = re.compile(r"\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|nl|eu)\b", re.IGNORECASE)
NUMBERED = re.compile(r"^\d{4}-[a-z]+(?:-[a-z]+)+\.md$")
ALL_PAGES = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in pages()]


@pytest.mark.parametrize("doc", ALL_PAGES)
def test_every_link_leads_somewhere(doc: Path) -> None:
    broken = []
    for link in links(doc.read_text("utf-8")):
        name, _hash, anchor = link.partition("#")
        target = (doc.parent / name).resolve() if name else doc
        if not target.is_file() or (anchor and not _has(target, anchor)):
            broken.append(link)

    assert broken == []


def _has(doc: Path, anchor: str) -> bool:
    return anchor in anchors(doc.read_text("utf-8"))


@pytest.mark.parametrize("doc", ALL_PAGES)
def test_no_page_names_a_host_elsewhere(doc: Path) -> None:
    named = set(HOST.findall(doc.read_text("utf-8")))

    assert named - OF_THE_DOMAIN == set()


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, to_read = set(), [ROOT / "README.md"]
    while to_read:
        page = to_read.pop()
        reached.add(page)
        names = (link.partition("#")[0] for link in links(page.read_text("utf-8")))
        found = {(page.parent / name).resolve() for name in names if ".md" in name}
        to_read += found - reached

    assert [page for page in pages() if page not in reached] == []


def test_every_picture_is_light_and_shown_somewhere() -> None:
    pictures = sorted((ROOT / "docs" / "images").iterdir())
    shown = {
        (doc.parent / link).resolve()
        for doc in pages()
        for link in links(doc.read_text("utf-8"))
        if link.endswith(".png")
    }

    assert set(pictures) == shown
    assert [p.name for p in pictures if p.stat().st_size >= MOST_BYTES] == []


def test_every_command_on_the_pages_exists() -> None:
    all_commands = "\n".join(command for doc in pages() for command in commands(doc))
    targets = set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.MULTILINE))

    assert set(re.findall(r"\bmake ([a-z]+)", all_commands)) - targets == set()
    assert (
        set(re.findall(r"manage\.py ([a-z_]+)", all_commands)) - get_commands().keys()
        == set()
    )


def commands(doc: Path) -> list[str]:
    """What stands between back ticks or in a shell block, without its comments."""
    text = doc.read_text("utf-8")
    lines = "\n".join(fenced(text, "sh")).splitlines()
    return coded(without_fences(text)) + [line.partition("#")[0] for line in lines]


def test_the_two_commands_of_the_readme_are_the_first_ones_a_reader_sees() -> None:
    first = fenced(read("README.md"), "sh")[0]

    assert [line.split("#")[0].strip() for line in first.splitlines()] == [
        "make run",
        "make test",
    ]


@pytest.mark.parametrize(
    "doc", [pytest.param(doc, id=doc.stem) for doc in sorted(ADRS.glob("0*.md"))]
)
def test_a_decision_says_why_what_it_costs_and_how_it_would_show(doc: Path) -> None:
    text = doc.read_text("utf-8")
    number, title = headings(text)[0].split(". ", 1)

    assert NUMBERED.match(doc.name)
    assert headings(text)[1:] == PARTS
    assert int(number) == int(doc.name[:4])
    assert len(text.split()) <= 400, "a decision is one page"
    assert f"| {doc.name[:4]} | [{title}]({doc.name}) |" in read("docs/adr/README.md")


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(doc.name[:4]) for doc in sorted(ADRS.glob("0*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))
