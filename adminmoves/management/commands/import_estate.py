"""Imports offices, connections and administrations from three CSV files."""

import os
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.utils import translation
from django.utils.translation import gettext as _

from adminmoves.access import Actor, actor_for
from adminmoves.errors import NotAllowed
from adminmoves.estate.importing import (
    EstateRefused,
    NamedFile,
    Watch,
    import_estate,
)
from adminmoves.estate.rows import Fault

FILES = ("environments", "connections", "administrations")
BAR_CHARS = 30


class Command(BaseCommand):
    help = "Import the estate: all of it, or nothing with every reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name in FILES:
            parser.add_argument(name, type=Path, metavar=f"{name}.csv")
        parser.add_argument(
            "--as",
            dest="username",
            required=True,
            help="The administrator who imports; the history names them.",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="Look at everything and tell what would happen; import nothing.",
        )
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            help="The language of what is told; without it that of LANG, else Dutch.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        with translation.override(options["language"] or _language_here()):
            paths = [options[name] for name in FILES]
            self._import(paths, options["username"], is_check=options["check"])

    def _import(self, paths: Sequence[Path], username: str, *, is_check: bool) -> None:
        watch = Watch(progress=self._progress, warn=self._warn)
        try:
            actor = _actor(username)
            files = [_read(path) for path in paths]
            counts = import_estate(files, actor=actor, is_check=is_check, watch=watch)
        except NotAllowed as refused:
            raise CommandError(str(refused)) from refused
        except EstateRefused as refused:
            for fault in refused.faults:
                self.stderr.write(str(fault))
            raise CommandError(str(refused)) from refused
        except (OperationalError, InterfaceError) as lost:
            told = _("The database broke off. Nothing was imported; try again.")
            raise CommandError(f"{told} ({str(lost).strip()})") from lost
        for name, count in counts.items():
            told = _("%(file)s: %(new)s new, %(changed)s changed, %(same)s same") % {
                "file": name,
                "new": count.new,
                "changed": count.changed,
                "same": count.same,
            }
            self.stdout.write(told)
        if is_check:
            self.stdout.write(_("This was a check: nothing was imported."))

    def _warn(self, fault: Fault) -> None:
        self.stderr.write(_("Warning: %(fault)s") % {"fault": fault})

    def _progress(self, file: str, done: int, whole: int) -> None:
        """A bar for who looks; nothing in a log or a pipe."""
        if not whole or not self.stderr.isatty():
            return
        filled = BAR_CHARS * done // whole
        bar = "#" * filled + "." * (BAR_CHARS - filled)
        end = "\n" if done >= whole else ""
        self.stderr.write(f"\r{file} [{bar}] {done}/{whole}", ending=end)
        self.stderr.flush()


def _language_here() -> str:
    """The language of the terminal, where it says one that we speak."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    told = next(filter(None, names), "")[:2].lower()
    return told if told in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _actor(username: str) -> Actor:
    try:
        return actor_for(User.objects.get_by_natural_key(username))
    except User.DoesNotExist as missing:
        told = _("There is no user %(name)s.") % {"name": username}
        raise CommandError(told) from missing


def _read(path: Path) -> NamedFile:
    try:
        return NamedFile(path.name, path.read_bytes())
    except OSError as error:
        raise CommandError(_unread(path, error)) from error


def _unread(path: Path, error: OSError) -> str:
    where = {"path": path.absolute()}
    match error:
        case FileNotFoundError():
            return _("%(path)s cannot be read: there is no such file.") % where
        case IsADirectoryError():
            return _("%(path)s cannot be read: this is a folder.") % where
        case PermissionError():
            return (
                _(
                    "%(path)s cannot be read: the portal's account may not. Put it "
                    "where everybody may read it, such as /tmp."
                )
                % where
            )
    return _("%(path)s cannot be read: %(reason)s.") % {
        **where,
        "reason": error.strerror,
    }
