"""Reads the Dutch texts from their files, compiles them and checks the code."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCES = ("adminmoves", "migrations_portal", "templates")
DJANGO = "locale/nl/fragments/django.po"
"""Texts that replace Django's own Dutch; no code of ours has these msgids."""
GET_GETTEXT = "Install GNU gettext: apt-get install gettext, or brew install gettext."
Key = tuple[str | None, str]


class Unreadable(Exception):
    """The texts of the code cannot be read; the message has the remedy."""


def sources(folder: Path) -> list[Path]:
    """The main file first, then the fragments of parts of the portal."""
    found = [folder / "LC_MESSAGES" / "django.po", *folder.glob("fragments/*.po")]
    return sorted(path for path in found if path.exists())


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="nl", abort_invalid=True)


def texts(catalog: Catalog) -> Iterator[Message]:
    """All messages but the header and the fuzzy ones."""
    return (message for message in catalog if message.id and not message.fuzzy)


def key_of(message: Message) -> Key:
    first = message.id if isinstance(message.id, str) else message.id[0]
    return message.context, first


def merged(folder: Path) -> Catalog:
    """One catalogue; of two texts for one msgid the first counts."""
    whole = Catalog(locale="nl", charset="utf-8")
    keys: set[Key] = set()
    for path in sources(folder):
        for message in texts(read(path)):
            if key_of(message) not in keys:
                whole.add(message.id, message.string, context=message.context)
            keys.add(key_of(message))
    return whole


def contradictions(folder: Path) -> list[str]:
    """Texts that two files translate differently."""
    first_texts: dict[Key, tuple[object, Path]] = {}
    found = []
    for path in sources(folder):
        for message in texts(read(path)):
            key = key_of(message)
            text, first_path = first_texts.setdefault(key, (message.string, path))
            if text != message.string:
                found.append(
                    f"{first_path.name}, {path.name}: two texts for {show(key)}"
                )
    return found


def compile_all(folder: Path) -> Path:
    """Write django.mo, unless it is newer than every source."""
    target = folder / "LC_MESSAGES" / "django.mo"
    newest = max((path.stat().st_mtime for path in sources(folder)), default=0)
    if target.exists() and target.stat().st_mtime > newest:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".part")
    with draft.open("wb") as file:
        write_mo(file, merged(folder))
    return draft.replace(target)


def faults(root: Path) -> list[str]:
    """Name texts without Dutch or with two, and Dutch texts that no code uses."""
    used = {key_of(message) for message in texts(extracted(root))}
    ours = {key_of(message): message.string for message in merged(root / "locale/nl")}
    translated = {key for key, text in ours.items() if is_whole(text)}
    of_django = {key_of(message) for message in texts(read(root / DJANGO))}
    unused = set(ours) - used - of_django - {(None, "")}
    return [
        *(
            f"No Dutch text for {show(key)}"
            for key in sorted(used - translated, key=show)
        ),
        *(f"No longer used: {show(key)}" for key in sorted(unused, key=show)),
        *contradictions(root / "locale/nl"),
    ]


def is_whole(text: object) -> bool:
    return all(text) if isinstance(text, tuple) else bool(text)


def show(key: Key) -> str:
    context, text = key
    return f"{text!r} ({context})" if context else repr(text)


def extracted(root: Path) -> Catalog:
    """The texts that Django's makemessages finds in a copy of the code."""
    if shutil.which("xgettext") is None:
        raise Unreadable(GET_GETTEXT)
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for source in SOURCES:
            shutil.copytree(root / source, copy / source)
        (copy / "locale").mkdir()
        # Without settings it writes to the copy instead of the repository.
        settings_free = {
            key: value
            for key, value in os.environ.items()
            if key != "DJANGO_SETTINGS_MODULE"
        }
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "--locale", "nl"],
            cwd=copy,
            env=settings_free,
            check=True,
            capture_output=True,
        )
        return read(copy / "locale" / "nl" / "LC_MESSAGES" / "django.po")
