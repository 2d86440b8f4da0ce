"""Compiles the Dutch texts; --check finds missing and unused ones."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from adminmoves.management import translations


class Command(BaseCommand):
    help = "Compile locale/nl (django.po and fragments) to django.mo."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="compare the texts with the code; needs GNU gettext",
        )

    def handle(self, *, check: bool, **_options: object) -> None:
        root = Path(settings.BASE_DIR)
        try:
            faults = translations.faults(root) if check else []
            translations.compile_all(root / "locale" / "nl")
        except translations.Unreadable as reason:
            raise CommandError(str(reason)) from reason
        if faults:
            raise CommandError("\n".join(faults))
