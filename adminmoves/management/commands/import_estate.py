"""Imports offices, connections and administrations from three CSV files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from adminmoves.access import actor_for
from adminmoves.errors import NotAllowed
from adminmoves.estate.importing import EstateRefused, NamedFile, import_estate


class Command(BaseCommand):
    help = "Import the estate: all of it, or nothing with every reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name in ("environments", "connections", "administrations"):
            parser.add_argument(name, type=Path, metavar=f"{name}.csv")
        parser.add_argument(
            "--as",
            dest="username",
            required=True,
            help="The administrator who imports; the history names them.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        paths = [
            options[name] for name in ("environments", "connections", "administrations")
        ]
        try:
            actor = actor_for(User.objects.get_by_natural_key(options["username"]))
            counts = import_estate([_read(path) for path in paths], actor=actor)
        except User.DoesNotExist as missing:
            raise CommandError(f"There is no user {options['username']}.") from missing
        except NotAllowed as refused:
            raise CommandError(str(refused)) from refused
        except EstateRefused as refused:
            for fault in refused.faults:
                self.stderr.write(str(fault))
            raise CommandError(str(refused)) from refused
        for name, count in counts.items():
            self.stdout.write(
                f"{name}: {count.new} new, {count.changed} changed, {count.same} same"
            )


def _read(path: Path) -> NamedFile:
    try:
        return NamedFile(path.name, path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
