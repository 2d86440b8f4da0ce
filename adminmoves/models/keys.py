"""How codes and names are compared in SQL, and ids that are made up."""

import secrets

from django.db import models
from django.db.models import Func

ID_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
"""None that is read for another, such as 0 and o."""


def make_public_id() -> str:
    """A short random id for URLs and files; says nothing and never changes."""
    return "".join(secrets.choice(ID_SIGNS) for _position in range(8))


class CodeKey(Func):
    """How two codes of one package are compared: case, leading zeros, padding.

    The SQL function is the one source, so that the unique indexes, the triggers
    and Python agree. ``CodeKey(Value(package), Value(code))``.
    """

    function = "adminmoves_code_key"
    output_field = models.CharField(max_length=100)


class Words(Func):
    """The words of a text as a search compares them, each between two spaces.

    Without accents, capitals and punctuation; names are sorted by it too.
    """

    function = "adminmoves_words"
    output_field = models.TextField()
