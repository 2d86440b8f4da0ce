"""Imports offices, connections and administrations from three CSV files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.db import InterfaceError, OperationalError
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
from adminmoves.management.languages import OneLanguageCommand

FILES = ("environments", "connections", "administrations")
BAR_CHARS = 30


class Command(OneLanguageCommand):
    help = "Import the estate: all of it, or nothing with every reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
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

    def handle(self, *_args: Any, username: str, check: bool, **options: Any) -> None:
        watch = Watch(progress=self._progress, warn=self._warn)
        try:
            actor = _actor(username)
            files = [_read(options[name]) for name in FILES]
            counts = import_estate(files, actor=actor, is_check=check, watch=watch)
        except NotAllowed as refused:
            raise CommandError(str(refused)) from refused
        except EstateRefused as refused:
            for fault in refused.faults:
                self.stderr.write(str(fault))
            raise CommandError(str(refused)) from refused
        except (OperationalError, InterfaceError) as lost:
            message = _("The database broke off. Nothing was imported; try again.")
            raise CommandError(f"{message} ({str(lost).strip()})") from lost
        for name, count in counts.items():
            message = _("%(file)s: %(new)s new, %(changed)s changed, %(same)s same") % {
                "file": name,
                "new": count.new,
                "changed": count.changed,
                "same": count.same,
            }
            self.stdout.write(message)
        if check:
            self.stdout.write(_("This was a check: nothing was imported."))

    def _warn(self, fault: Fault) -> None:
        self.stderr.write(_("Warning: %(fault)s") % {"fault": fault})

    def _progress(self, file: str, done: int, whole: int) -> None:
        """Draw a bar on a terminal, and nothing in a log or a pipe."""
        if not whole or not self.stderr.isatty():
            return
        filled = BAR_CHARS * done // whole
        bar = "#" * filled + "." * (BAR_CHARS - filled)
        end = "\n" if done >= whole else ""
        self.stderr.write(f"\r{file} [{bar}] {done}/{whole}", ending=end)
        self.stderr.flush()


def _actor(username: str) -> Actor:
    try:
        return actor_for(User.objects.get_by_natural_key(username))
    except User.DoesNotExist as missing:
        message = _("There is no user %(name)s.") % {"name": username}
        raise CommandError(message) from missing


def _read(path: Path) -> NamedFile:
    try:
        return NamedFile(path.name, path.read_bytes())
    except OSError as error:
        raise CommandError(_unread(path, error)) from error


def _unread(path: Path, error: OSError) -> str:
    where = {"path": path}
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
