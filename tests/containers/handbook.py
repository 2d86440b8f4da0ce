"""The handbook's commands for Docker, carried out on the containers as they stand."""

import shlex
from pathlib import Path

from tests.containers.compose import NotUnderstood
from tests.containers.portal import Portal
from tests.docs.pages import fenced, read, section

BEGINS = ("docker", "compose")


def save_and_restore(portal: Portal, folder: Path) -> None:
    """Save all, lose all, and bring it back."""
    blocks = fenced(section(read("docs/operators.md"), "Back-up and restore"), "sh")
    save, restore = [b for b in blocks if b.startswith(" ".join(BEGINS))]
    for line in save.splitlines():
        carry_out(portal, line, folder)
    portal.lose_all()
    for line in restore.splitlines():
        carry_out(portal, line, folder)


def carry_out(portal: Portal, line: str, folder: Path) -> None:
    portal.say(line)
    words, files = _with_files(shlex.split(line), folder)
    if tuple(words[:2]) != BEGINS:
        raise NotUnderstood(line)
    action, *rest = words[2:]
    plain = [word for word in rest if not word.startswith("-")]
    service, command = (
        plain[0] if plain else "",
        rest[rest.index(plain[0]) + 1 :] if plain else [],
    )
    if action == "exec":
        portal.engine.between("exec", "--interactive", service, *command, **files)
    elif action == "run":
        portal.run_once(service, *command, **files)
    elif action == "up":
        portal.start(*plain)
        for name in plain or portal.lasting():
            portal.wait_until_healthy(name)
    else:
        raise NotUnderstood(line)


def _with_files(words: list[str], folder: Path) -> tuple[list[str], dict[str, Path]]:
    """The words before a redirection, and the file behind it."""
    for sign, name in (("<", "source"), (">", "target")):
        if sign in words:
            at = words.index(sign)
            return words[:at], {name: folder / words[at + 1]}
    return words, {}
