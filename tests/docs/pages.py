"""The pages as a test reads them: links, headings, tables, fenced blocks."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ADRS = ROOT / "docs" / "adr"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#{1,6}) (.+)$", re.MULTILINE)


def pages() -> list[Path]:
    return sorted(
        [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")]
    )


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def without_fences(text: str) -> str:
    return FENCE.sub("", text)


def fenced(text: str, kind: str) -> list[str]:
    """The contents of the blocks of that kind."""
    return [content for found, content in FENCE.findall(text) if found == kind]


def links(text: str) -> list[str]:
    return LINK.findall(without_fences(text))


def headings(text: str) -> list[str]:
    return [title for _level, title in HEADING.findall(without_fences(text))]


def anchors(text: str) -> set[str]:
    """What a heading is called behind a # in an address."""
    return {anchor(title) for title in headings(text)}


def anchor(title: str) -> str:
    plain = re.sub(r"[^\w\- ]", "", title.lower())
    return plain.replace(" ", "-")


def section(text: str, title: str) -> str:
    """The text under one heading, up to the next one of its level or higher."""
    level = next(len(marks) for marks, found in HEADING.findall(text) if found == title)
    after = text.split(f"{'#' * level} {title}\n", 1)[1]
    return re.split(rf"^#{{1,{level}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def tables(text: str) -> list[list[list[str]]]:
    """Each table as its rows below the head, each row as its cells."""
    found: list[list[list[str]]] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("|"):
            if not inside:
                found.append([])
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        inside = line.startswith("|")
    return [rows[2:] for rows in found]


def coded(text: str) -> list[str]:
    """Everything that stands between back ticks."""
    return re.findall(r"`([^`]+)`", text)
