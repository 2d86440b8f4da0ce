"""The field of a word that is stored, such as a package or the code of an event."""

from collections.abc import Sequence
from typing import Any

from django.db import models


class WordField(models.CharField[str, str]):
    """Its choices are no part of the schema, so a new word needs no schema migration.

    Callable choices would do that too, but are evaluated for every row that is shown.
    """

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return name, "django.db.models.CharField", args, kwargs
