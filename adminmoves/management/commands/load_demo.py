"""Fills an empty database with the demonstration, and prints the log-ins."""

import os
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from adminmoves.demo import story


class Command(BaseCommand):
    help = "Load the sample estate and the demo accounts where the database is empty."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--passwords-file",
            type=Path,
            default=settings.STATE_DIR / "demo-accounts.txt",
            help="Keeps the random passwords of this installation (mode 0600).",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        file: Path = options["passwords_file"]
        if story.is_empty():
            passwords = story.load(settings.BASE_DIR / "samples")
            write_private(file, passwords)
        if file.exists():
            self.stdout.write("Demo accounts (log-in, password):")
            self.stdout.write(file.read_text())


def write_private(file: Path, passwords: Mapping[str, str]) -> None:
    """Write a file that no other user can read at any moment."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.writelines(f"{name}  {word}\n" for name, word in passwords.items())
