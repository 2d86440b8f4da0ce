"""Gives a command one language: the chosen one, or that of the terminal."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation


class OneLanguageCommand(BaseCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            help="The language of what is told; without it that of LANG, else Dutch.",
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        with translation.override(options["language"] or _language_here()):
            return super().execute(*args, **options)


def _language_here() -> str:
    """The language of the terminal, or the default if it is not one of ours."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    language = next(filter(None, names), "")[:2].lower()
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
